import { expect } from 'chai';
import type { RunningApp } from '../../support/app.js';
import { auditing, makeAuditors } from '../../support/audit-calls.js';
import { expectProblem } from '../../support/call.js';
import { send, signUp, type GetScene, type SignedUp } from '../../support/signed-up.js';

const NOBODY = '01900000-0000-7000-8000-00000000ffff';

/** The places at which pages of counts cannot go on: other lists, and times that there are not. */
const NO_COUNTS = [
  ...['', 'x', 't', 'v1', 'e1-2', 't2026-01-31T12:00:00.000Z', 't2026-01-31T12:00:00Z-MessageSent'],
  ...[
    't2026-99-99T99:99:99.999Z-A',
    't2026-02-30T00:00:00.000Z-A',
    't2026-01-31T24:00:00.000Z-A',
    't0000-01-01T00:00:00.000Z-A',
  ],
];
/** Revisions that no message can have, and other lists. */
const NO_VERSIONS = ['', 'x', 'v', 'v-1', 'v1.5', 'v2147483648', 'v4294967296', `v${'9'.repeat(15)}`, 'm1', 'e1-2'];

/** Tries places of other pages, and of none, as an auditor. */
export const describeBadAuditPages = (app: () => RunningApp, scene: GetScene): void => {
  describe('pages of an auditor', () => {
    let ida: SignedUp;
    let messageId: string;
    before(async () => {
      ida = await signUp(app(), 'ida');
      await makeAuditors(app(), ida);
      ({ messageId } = await send(app(), scene().ada, { recipientId: scene().eve.userId, text: 'the first version' }));
    });
    const asked = (path: string) => auditing(app(), ida)('GET', path);

    // A revision of 15 digits went to the database, which has 32 bits for one, and was answered as an error of the server.
    it('of versions begin at places that there can be', async () => {
      for (const cursor of NO_VERSIONS)
        expectProblem(await asked(`/messages/${messageId}/versions?cursor=${cursor}`), 400, 'invalid_request');
      const { status, body } = await asked(`/messages/${messageId}/versions?cursor=v999999999`);
      expect([status, body]).to.deep.equal([200, { messageId, conversationId: null, versions: [], nextCursor: null }]);
      expectProblem(await asked(`/messages/${NOBODY}/versions?cursor=v0`), 404, 'message_not_found');
    });

    it('of counts go on at times that there can be', async () => {
      for (const cursor of NO_COUNTS)
        expectProblem(await asked(`/stats?bucket=day&cursor=${cursor}`), 400, 'invalid_request');
      expect(
        (await asked('/stats?bucket=day&cursor=t8999-12-31T00:00:00.000Z-UserRegistered')).body['counts'],
      ).to.deep.equal([]);
    });
  });
};
