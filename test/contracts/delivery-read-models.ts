import { expect } from 'chai';
import { InvalidCursorError } from '../../src/application/ports/message-views.js';
import { fact } from '../support/events.js';
import { ada, at, bob, cleo, conversationNumber, eve, messageNumber, positionOf, userNumber } from '../support/ids.js';
import { scene, type Feed, type OpenReadModels, type Views } from './read-model-steps.js';

const [first, second] = [conversationNumber(1), conversationNumber(2)];
const members = [ada, bob, cleo].map((userId) => ({ userId, role: 'member' as const }));
const started = (conversationId = first) => fact('ConversationStarted', { conversationId, kind: 'group', members });
const sent = (n: number, conversationId = first, senderId = ada) =>
  fact('MessageSent', { messageId: messageNumber(n), conversationId, senderId, text: `message ${n}`, sentAt: at(n) });
const read = (n: number, userId = bob) =>
  fact('MessageRead', { conversationId: first, userId, messageId: messageNumber(n), readAt: at(40) });
const delivered = (n: number, userId = bob, conversationId = first) =>
  fact('MessagesDelivered', { conversationId, userId, messageId: messageNumber(n), deliveredAt: at(30 + n) });

/** Tests what the recording of deliveries is answered. */
export const describeDeliveries = (open: OpenReadModels, feed: Feed): void => {
  const views = scene(open, feed);
  const arrival = (n: number, userId = bob, conversationId = first) => ({
    userId,
    conversationId,
    messageId: messageNumber(n),
  });

  it('are new where nothing tells of them, and the user is a member', async () => {
    const { deliveries } = await views(
      started(),
      sent(1),
      sent(2),
      sent(3),
      sent(4, first, cleo),
      read(1),
      delivered(2),
      fact('MemberRemoved', { conversationId: first, userId: cleo, removedBy: ada }),
    );
    const asked = [
      arrival(1),
      arrival(2),
      arrival(3),
      arrival(9),
      arrival(4, ada),
      arrival(4, cleo),
      arrival(4, eve),
      arrival(3, ada),
    ];
    const states = await deliveries.statesOf(asked);
    expect(states.map(({ isNew }) => isNew)).to.deep.equal([false, false, true, false, true, false, false, false]);
    expect(states.map(({ sentPosition }) => sentPosition)).to.deep.equal(
      [2, 3, 4, undefined, 5, 5, 5, 4].map((n) => (n === undefined ? undefined : positionOf(n))),
    );
    expect(await deliveries.statesOf([])).to.deep.equal([]);
  });

  it('are found up to a position, the newest of each conversation, of what was not read', async () => {
    const { deliveries } = await views(started(), started(second), sent(1), sent(2), sent(3, second), sent(4), read(2));
    const found = async (position: number, userId = bob) =>
      (await deliveries.unreadUpTo([{ userId, position: positionOf(position) }]))
        .map(({ messageId }) => messageId)
        .sort();
    expect(await found(6)).to.deep.equal([messageNumber(3), messageNumber(4)]);
    expect(await found(5), 'what is unread came later').to.deep.equal([messageNumber(3)]);
    expect(await found(5, cleo)).to.deep.equal([messageNumber(2), messageNumber(3)]);
    expect(await found(6, ada), 'she has sent them').to.deep.equal([]);
  });

  it('are listed by their user, page by page', async () => {
    const { deliveries } = await views(
      started(),
      started(second),
      sent(1),
      sent(2),
      sent(3, second),
      delivered(1),
      delivered(2),
      delivered(2, cleo),
      delivered(3, bob, second),
    );
    const rows = [
      { conversationId: first, seq: 1, messageId: messageNumber(1), deliveredAt: at(31) },
      { conversationId: first, seq: 2, messageId: messageNumber(2), deliveredAt: at(32) },
      { conversationId: second, seq: 1, messageId: messageNumber(3), deliveredAt: at(33) },
    ];
    expect(await deliveries.deliveredTo(bob, null, 2)).to.deep.equal(rows.slice(0, 2));
    expect(await deliveries.deliveredTo(bob, rows[1]!, 9)).to.deep.equal(rows.slice(2));
  });

  it('changes nothing that is unread, or told of the conversation, by what is delivered', async () => {
    const before = await views(started(), sent(1));
    const after = await views(started(), sent(1), delivered(1));
    const inboxes = await Promise.all([before, after].map(({ conversations }) => conversations.find(first, bob)));
    expect(inboxes[1]).to.deep.equal(inboxes[0]);
    expect(inboxes[0]?.unreadCount).to.equal(1);
    expect(await after.conversations.unseenSince(bob, positionOf(2))).to.deep.equal([]);
  });

  it('answers receipts page by page, in the order of the members’ ids, and goes on though members come and go', async () => {
    const ids = [2, 3, 4, 5, 6].map(userNumber);
    const members = [ada, ...ids].map((userId) => ({ userId, role: 'member' as const }));
    const group = { ...started(), data: { ...started().data, members } };
    const page = async ({ messages }: Views, after: string | undefined, limit: number) => {
      const { receipts, nextCursor } = await messages.receipts(messageNumber(1), { after, limit });
      return { ids: receipts.map(({ userId }) => userId), nextCursor };
    };
    const full = await views(group, sent(1));
    const begun = await page(full, undefined, 2);
    expect(begun.ids).to.deep.equal(ids.slice(0, 2));
    expect(await page(full, undefined, 5)).to.deep.equal({ ids, nextCursor: null });
    const next = begun.nextCursor ?? undefined;
    expect((await page(full, next, 3)).ids).to.deep.equal(ids.slice(2));
    const changed = await views(
      group,
      sent(1),
      fact('MemberRemoved', { conversationId: first, userId: ids[1]!, removedBy: ada }),
    );
    expect((await page(changed, next, 2)).ids).to.deep.equal(ids.slice(2, 4));
    for (const cursor of ['', 'm14', 'r', 'r%', ada, `${next}0`])
      expect(await page(full, cursor, 1).catch((error: unknown) => error)).to.be.instanceOf(InvalidCursorError);
  });
};
