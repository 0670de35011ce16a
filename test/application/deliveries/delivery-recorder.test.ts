import { expect } from 'chai';
import { DeliveryRecorder } from '../../../src/application/deliveries/delivery-recorder.js';
import type { Delivered } from '../../../src/application/deliveries/mark-delivered.js';
import type { ArrivalState } from '../../../src/application/ports/delivery-views.js';
import type { MessageId, UserId } from '../../../src/domain/kernel/ids.js';
import { createIdentifiers } from '../../../src/infrastructure/identifiers.js';
import { ada, at, bob, conversationNumber, messageNumber, positionOf } from '../../support/ids.js';

const message = (seq: number, conversation = 1) => ({
  conversationId: conversationNumber(conversation),
  messageId: messageNumber(seq + 100 * conversation),
  seq,
});
const sentAt = (messageId: MessageId) => positionOf(Number.parseInt(messageId.slice(-6), 16));

describe('The recorder of deliveries', () => {
  /** What the read model says of a message; by default that nothing tells of it yet. */
  let states: Map<MessageId, ArrivalState>;
  let handled: unknown[];
  let unread: { userId: UserId; conversationId: ReturnType<typeof message>['conversationId']; messageId: MessageId }[];
  let marked: (readonly [UserId, ...MessageId[]])[];
  let failing: UserId[];
  let questions: number;
  let recorder: DeliveryRecorder;

  const open = (most?: number) =>
    new DeliveryRecorder({
      views: {
        statesOf: async (arrivals) => {
          questions += 1;
          return arrivals.map(
            ({ messageId }) => states.get(messageId) ?? { sentPosition: sentAt(messageId), isNew: true },
          );
        },
        unreadUpTo: async (places) => {
          handled.push(...places);
          return unread;
        },
        deliveredTo: async () => [],
      },
      mark: async (delivered: readonly Delivered[], { actor }) => {
        if (failing.includes(actor)) throw new Error('the log is full');
        for (const { messageId, messagePosition } of delivered) expect(messagePosition).to.equal(sentAt(messageId));
        marked.push([actor, ...delivered.map(({ messageId }) => messageId)]);
      },
      identifiers: createIdentifiers(),
      clock: () => at(0),
      ...(most !== undefined && { most }),
    });

  beforeEach(() => {
    states = new Map();
    [handled, unread, marked, failing, questions] = [[], [], [], [], 0];
    recorder = open();
  });

  it('records the newest message of each conversation of a user, all in one append, and each once', async () => {
    for (const seq of [2, 5, 3]) recorder.answered(ada, message(seq));
    recorder.answered(ada, message(1, 2));
    recorder.answered(bob, message(4));
    await recorder.record();
    await recorder.record();
    expect(marked).to.deep.equal([
      [ada, message(5).messageId, message(1, 2).messageId],
      [bob, message(4).messageId],
    ]);
    expect(questions).to.equal(1);
  });

  it('asks and appends nothing where nothing has come', async () => {
    await recorder.record();
    expect([questions, marked]).to.deep.equal([0, []]);
  });

  it('lets what was fetched wait for a second more, in which it may be read', async () => {
    recorder.fetched(ada, [message(1), message(3), message(2)]);
    await recorder.record();
    expect(marked).to.deep.equal([]);
    await recorder.record();
    expect(marked).to.deep.equal([[ada, message(3).messageId]]);
  });

  it('records nothing of what has been read, or is told already', async () => {
    states.set(message(3).messageId, { sentPosition: positionOf(3), isNew: false });
    recorder.answered(ada, message(3));
    recorder.answered(ada, message(1, 2));
    await recorder.record();
    await recorder.record();
    expect(marked).to.deep.equal([[ada, message(1, 2).messageId]]);
  });

  it('asks again for a message that the read model does not show yet, and gives up on one that it never shows', async () => {
    states.set(message(3).messageId, { sentPosition: undefined, isNew: false });
    recorder.answered(ada, message(3));
    await recorder.record();
    states.clear();
    await recorder.record();
    expect(marked).to.deep.equal([[ada, message(3).messageId]]);
    states.set(message(4).messageId, { sentPosition: undefined, isNew: false });
    recorder.answered(ada, message(4));
    questions = 0;
    for (let round = 0; round < 50; round += 1) await recorder.record();
    expect(questions).to.equal(31);
  });

  it('tries again for the users whose append failed, and for no others', async () => {
    failing = [ada];
    recorder.answered(ada, message(3));
    recorder.answered(bob, message(3));
    const failure = await recorder.record().catch((error: unknown) => error);
    expect(failure).to.include({ message: 'the log is full' });
    failing = [];
    recorder.answered(ada, message(4));
    await recorder.record();
    expect(marked).to.deep.equal([
      [bob, message(3).messageId],
      [ada, message(4).messageId],
    ]);
  });

  it('leaves out what is too much, and takes what is newer of what it has', async () => {
    recorder = open(2);
    for (const conversation of [1, 2, 3]) recorder.answered(ada, message(1, conversation));
    recorder.answered(ada, message(2, 1));
    await recorder.record();
    expect(marked).to.deep.equal([[ada, message(2, 1).messageId, message(1, 2).messageId]]);
  });

  it('records what a client says that it has handled, of what was not read', async () => {
    unread = [{ userId: ada, ...message(7) }].map(({ userId, conversationId, messageId }) => ({
      userId,
      conversationId,
      messageId,
    }));
    recorder.handled(ada, positionOf(40));
    recorder.handled(ada, positionOf(30));
    await recorder.record();
    await recorder.record();
    expect(handled).to.deep.equal([{ userId: ada, position: '40' }]);
    expect(marked).to.deep.equal([[ada, message(7).messageId]]);
  });

  it('never runs two rounds at a time', async () => {
    recorder.answered(ada, message(1));
    await Promise.all([recorder.record(), recorder.record()]);
    expect(questions).to.equal(1);
  });
});
