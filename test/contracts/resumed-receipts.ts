import { expect } from 'chai';
import type { Position } from '../../src/domain/kernel/ids.js';
import { fact } from '../support/events.js';
import { ada, bob, cleo, positionOf, userNumber } from '../support/ids.js';
import { delivered, first, read, second, sent, started } from './conversation-facts.js';
import { scene, type Feed, type OpenReadModels } from './read-model-steps.js';

/** Tests which receipts a client is told that resumes. */
export const describeResumedReceipts = (open: OpenReadModels, feed: Feed): void => {
  const views = scene(open, feed);

  it('tells a resuming client again the receipts of the half minute before the last one that it may have got', async () => {
    const { conversations } = await views(
      started(first, 1),
      started(second, 1),
      sent(1),
      sent(2),
      sent(3, second),
      read(1, bob, 100, '3'),
      read(1, cleo, 129, '3'),
      { ...read(3, bob, 131, '5'), data: { ...read(3, bob, 131, '5').data, conversationId: second } },
      read(2, bob, 200, '4'),
    );
    const told = async (after: number) =>
      (await conversations.receiptsSince(ada, positionOf(after), 10)).map(({ position }) => position);
    expect(await told(5)).to.deep.equal(['7', '8', '9']);
    expect(await told(7)).to.deep.equal(['7', '8', '9']);
    expect(await told(8)).to.deep.equal(['7', '8', '9']);
    expect(await told(9)).to.deep.equal(['9']);
    expect((await conversations.receiptsSince(ada, positionOf(5), 2)).map(({ position }) => position)).to.have.length(
      2,
    );
  });

  // A group of 1,000 that connected again at once took 20 seconds: each was told how far each other had come.
  it('tells a resuming client no receipts of a conversation with more than 100 members', async () => {
    const groupOf = (size: number) => {
      const members = Array.from({ length: size }, (_, n) => ({ userId: userNumber(n + 1), role: 'member' as const }));
      const { data } = started(first, 1);
      return fact('ConversationStarted', { ...data, members });
    };
    const tellers = async (size: number) => {
      const { conversations } = await views(groupOf(size), sent(1), read(1, bob, 100, '2'), delivered(1, cleo, 101));
      return (await conversations.receiptsSince(userNumber(9), '2' as Position, 10)).map(({ kind, userId }) => [
        kind,
        userId,
      ]);
    };
    expect(await tellers(100)).to.deep.equal([
      ['read', bob],
      ['delivered', cleo],
    ]);
    expect(await tellers(101)).to.deep.equal([]);
  });
};
