import { expect } from 'chai';
import { fact } from '../support/events.js';
import { group, sent, started } from '../support/group-facts.js';
import { ada, bob, messageNumber, positionOf } from '../support/ids.js';
import { same } from '../support/same.js';
import { scene, type Feed, type OpenReadModels, type Views } from './read-model-steps.js';

const deleted = (n: number) => fact('MessageDeleted', { messageId: messageNumber(n), conversationId: group });

/** Tests what the views show of replies. */
export const describeReplies = (open: OpenReadModels, feed: Feed): void => {
  const views = scene(open, feed);

  it('says of a reply whether the message that it replies to is gone, wherever it is shown', async () => {
    const reply = (n: number, to: number) =>
      fact('MessageSent', { ...sent(n).data, senderId: bob, replyTo: messageNumber(to) });
    const facts = [started([ada, bob]), sent(1), sent(2), reply(3, 2), reply(4, 1), reply(5, 9)];
    const pinned = fact('MessagePinned', { messageId: messageNumber(4), conversationId: group });
    const shown = async ({ messages, conversations, pins }: Views) => {
      const { messages: history } = await messages.history(group, { kind: 'newest' }, 10);
      const all = [
        ...[history, await messages.sentBy(bob, null, 10), await messages.findSome([messageNumber(4)])],
        [
          ...(await messages.sentSince(ada, positionOf(1), { limit: 10, maxTextBytes: 1_000 }, same)).map(
            ({ message }) => message,
          ),
        ],
        [...(await pins.list(group)).map(({ message }) => message)],
        [
          ...(await conversations.inbox(ada, { before: undefined, limit: 5 })).conversations.flatMap(
            ({ lastMessage }) => lastMessage ?? [],
          ),
        ],
      ];
      return all.map((some) => some.flatMap(({ seq, replyToDeleted }) => (replyToDeleted ? [seq] : [])));
    };
    expect(await shown(await views(...facts, pinned, deleted(3)))).to.deep.equal([[], [], [], [], [], []]);
    const gone = await views(...facts, pinned, reply(6, 1), deleted(1));
    expect(await shown(gone)).to.deep.equal([[4, 6], [4, 6], [4], [4, 6], [4], [6]]);
    // Nothing has changed the reply itself.
    expect(
      await gone.messages.changedSince(ada, positionOf(5), { limit: 10, maxTextBytes: 1_000 }, same),
    ).to.have.length(1);
  });
};
