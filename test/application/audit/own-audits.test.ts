import { expect } from 'chai';
import { findEvents } from '../../../src/application/audit/find-events.js';
import { ownAudits } from '../../../src/application/audit/own-audits.js';
import { holdUseCases } from '../../../src/application/holds/use-cases.js';
import { requireRole } from '../../../src/application/roles/require-role.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { collect } from '../../contracts/store-steps.js';
import { createAuditScene, VERSIONS } from './audit-scene.js';

// Whether a hold stands was asked for before where the log ends: what was done under a hold that came in between was told.
describe('What a user is told of auditors', () => {
  it('ends before a hold that is placed while it is looked up', async () => {
    const scene = await createAuditScene();
    const [eva, ada] = [await scene.auditor('eva'), await scene.user('ada')];
    const audited = (name: string) =>
      scene.audit.auditGate.answered({ ...VERSIONS, name }, scene.contextOf(eva), async () => ({
        ...{ answer: {}, results: 1 },
        userIds: [ada],
      }));
    const { placeHold } = holdUseCases({ ...scene, requireRole: requireRole(scene.users) });
    const hold = { subject: { userId: ada, conversationId: null }, matter: 'general', reason: 'Complaint' };
    const isHeldBack = async (userId: UserId) => {
      const { isHeld } = await scene.holds.lookUp(userId);
      await placeHold(hold, scene.contextOf(eva));
      await audited('GET behind the hold');
      return isHeld;
    };
    await audited('GET before the hold');
    const told = ownAudits({ log: scene.log, find: findEvents(scene), isHeldBack });
    expect((await collect(told(ada))).map(({ call }) => call)).to.deep.equal(['GET before the hold']);
    expect(await collect(told(ada))).to.deep.equal([]);
  });
});
