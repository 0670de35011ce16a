import { expect } from 'chai';
import { streamOf, type MessageId, type UserId } from '../../../src/domain/kernel/ids.js';
import { fact } from '../../support/events.js';
import { conversationNumber, messageNumber } from '../../support/ids.js';
import { refusalOf } from '../kernel/refusal.js';
import { createAuditScene, type AuditScene } from './audit-scene.js';

/** More than one question looks at in a log without an index. */
const MANY = 2_500;
const AT_ONCE = 500;
const ONE_PAGE = { limit: 100 };

// A message behind more events than one question looks at was answered as if there were none, and one with many versions
// was cut off in its middle, as long as the index was behind.
describe('The versions of a message while the index is behind', function () {
  this.timeout(30_000);
  let scene: AuditScene;
  let eva: UserId;
  const messageId = messageNumber(1);
  const conversationId = conversationNumber(1);

  const append = async (to: MessageId, events: readonly ReturnType<typeof fact>[]) => {
    const { commandId } = scene.contextOf(eva);
    const metadata = {
      ...{ commandId, correlationId: 'test', causationId: commandId, actorId: eva, sessionId: null },
      recordedAt: scene.now(),
    };
    const made = events.map((event, n) => ({ ...event, eventId: scene.identifiers.eventId(commandId, n), metadata }));
    await scene.store.append({ streams: [{ streamId: streamOf('message', to), expected: 'any', events: made }] });
  };

  before(async () => {
    scene = await createAuditScene();
    eva = await scene.auditor('eva');
    await append(messageId, [fact('MessageSent', { messageId, conversationId, senderId: eva })]);
    for (let n = 0; n < MANY; n += AT_ONCE)
      await append(
        messageId,
        Array.from({ length: AT_ONCE }, (_, more) =>
          fact('MessageEdited', { messageId, senderId: eva, text: `text ${n + more}` }),
        ),
      );
  });

  it('are all of them, a page at a time', async () => {
    const all: Awaited<ReturnType<typeof scene.audit.messageVersions>>['versions']['versions'] = [];
    const cursors: (string | undefined)[] = [undefined];
    for (const cursor of cursors) {
      const { versions } = await scene.audit.messageVersions(messageId, { cursor, limit: AT_ONCE });
      expect(versions).to.include({ messageId, conversationId });
      expect(versions.versions).to.have.length.at.most(AT_ONCE);
      all.push(...versions.versions);
      if (versions.nextCursor !== null) cursors.push(versions.nextCursor);
      expect(cursors).to.have.length.at.most(MANY / AT_ONCE + 1); // Pages that never end would be asked for without end.
    }
    expect(all.map(({ version }) => version)).to.deep.equal(Array.from({ length: MANY + 1 }, (_, n) => n + 1));
    expect(all[0]).to.include({ change: 'sent', by: eva });
    expect(all.at(-1)).to.deep.include({ text: `text ${MANY - 1}`, change: 'edited', by: eva });
  });

  it('have no further page where a page ends with the last of them', async () => {
    const { versions } = await scene.audit.messageVersions(messageId, { limit: MANY + 1 });
    expect([versions.versions.length, versions.nextCursor]).to.deep.equal([MANY + 1, null]);
    const behind = await scene.audit.messageVersions(messageId, { cursor: `v${MANY + 1}`, limit: 10 });
    expect([behind.versions.versions, behind.versions.nextCursor]).to.deep.equal([[], null]);
  });

  it('are found behind many other events', async () => {
    const other = messageNumber(2);
    await append(other, [fact('MessageSent', { messageId: other, conversationId, senderId: eva })]);
    expect((await scene.audit.messageVersions(other, ONE_PAGE)).versions.versions).to.have.length(1);
    expect(await refusalOf(scene.audit.messageVersions(messageNumber(3), ONE_PAGE))).to.equal('message_not_found');
  });
});
