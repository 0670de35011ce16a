import { expect } from 'chai';
import { eventually } from './eventually.js';
import type { Socket } from './socket.js';
import type { AskedServer } from './asked-server.js';
import type { ClientModel } from './client-model.js';
import type { KnownConversation } from './known-conversation.js';

/**
 * Compares what a client knows with a fresh snapshot, one conversation after another, so that a failure shows what
 * differs.
 */
const expectSnapshot = (known: readonly KnownConversation[], fresh: readonly KnownConversation[]): void => {
  expect(known.map(({ conversationId }) => conversationId)).to.deep.equal(
    fresh.map(({ conversationId }) => conversationId),
  );
  for (const [index, conversation] of fresh.entries())
    expect(known[index], JSON.stringify([known[index], conversation])).to.deep.equal(conversation);
};

/** Answers where a client is mistaken about who has read its own messages, and how much of that was compared. */
export const comparedReaders = async (
  client: ClientModel,
  server: AskedServer,
  isCompared: (userId: string) => boolean = () => true,
) => {
  const faults: object[] = [];
  let compared = 0;
  const shown = client.conversations.filter(({ conversationId }) => client.knowsReceipts(conversationId));
  const own = shown.flatMap(({ conversationId, members }) =>
    client.newestOwnOf(conversationId).map((message) => ({ message, members })),
  );
  for (const { message, members } of own) {
    const { messageId, senderId } = message;
    const readers = await server.readers(messageId);
    for (const { userId } of members.filter((each) => each.userId !== senderId && isCompared(each.userId))) {
      if (client.isReadBy(message, userId) !== readers.includes(userId)) faults.push({ messageId, userId, readers });
      compared += 1;
    }
  }
  return { faults, compared };
};

interface LateReaders {
  readonly model: ClientModel;
  readonly socket: Pick<Socket, 'frames'>;
  readonly server: AskedServer;
  readonly isCompared: (userId: string) => boolean;
}

/** Resolves once a client knows who has read its own messages: it is told of that up to a second late. */
export const eventuallyKnown = async ({ model, socket, server, isCompared }: LateReaders): Promise<number> => {
  let taken = 0;
  const compare = async () => {
    for (const frame of socket.frames.slice(taken)) if (frame.type === 'message.receipts') model.apply(frame);
    taken = socket.frames.length;
    return comparedReaders(model, server, isCompared);
  };
  return (await eventually(compare, ({ faults }) => faults.length === 0)).compared;
};

/** Expects a client to know what a server shows now: its conversations, their histories without a hole, and their pins. */
export const expectState = async (client: ClientModel, server: AskedServer): Promise<void> => {
  expectSnapshot(client.conversations, await server.snapshot());
  for (const conversation of client.conversations) {
    const { conversationId } = conversation;
    expect(client.missingIn(conversation)).to.deep.equal([]);
    const known = client.messagesOf(conversationId);
    const seqs = new Set(known.map(({ seq }) => seq));
    expect(known).to.deep.equal((await server.history(conversationId)).filter(({ seq }) => seqs.has(seq)));
    const pins = client.pinsOf(conversationId);
    if (pins) expect(pins).to.deep.equal(await server.pins(conversationId));
  }
};
