import type { Frame } from '../../src/interfaces/client/wire.js';
import type { ClientModel } from './client-model.js';
import type { KnownConversation, KnownMember } from './known-conversation.js';
import type { KnownMessage } from './known-history.js';

/** What a client asks a server for, where the documented rules say so. Lists are answered to their end. */
export interface AskedServer {
  snapshot(): Promise<KnownConversation[]>;
  /** The messages behind a cursor; without one all. */
  history(conversationId: string, after?: string): Promise<KnownMessage[]>;
  changes(conversationId: string, since: string): Promise<KnownMessage[]>;
  /** The ids of the pinned messages, sorted. */
  pins(conversationId: string): Promise<string[]>;
  /** The users who have read a message. */
  readers(messageId: string): Promise<string[]>;
  /** The names of a user; undefined where there is no such user any more. */
  names(userId: string): Promise<Pick<KnownMember, 'userId' | 'username' | 'displayName'> | undefined>;
}

/** The frame of what a resume could not carry. */
export interface ResyncFrame {
  readonly since: string;
  readonly conversations: readonly {
    readonly conversationId: string;
    readonly cursor: string;
    readonly changed: boolean;
  }[];
  readonly left: readonly string[];
}

/** Lets a client know the history, the pins and the readers of a conversation. */
const fetchWhole = async (client: ClientModel, server: AskedServer, conversationId: string): Promise<void> => {
  client.knowWhole(conversationId, await server.history(conversationId));
  client.knowPins(conversationId, await server.pins(conversationId));
  await fetchReaders(client, server, conversationId);
};

const fetchReaders = async (client: ClientModel, server: AskedServer, conversationId: string): Promise<void> => {
  for (const { messageId, seq } of client.newestOwnOf(conversationId)) {
    const readers = await server.readers(messageId);
    client.knowReceipts(
      conversationId,
      readers.map((userId) => [userId, seq]),
    );
  }
};

/** Lets a client know all of its conversations, their histories, pins and readers. */
export const fetchAll = async (client: ClientModel, server: AskedServer): Promise<void> => {
  client.knowConversations(await server.snapshot());
  for (const { conversationId } of client.conversations) await fetchWhole(client, server, conversationId);
};

/** Does what the documentation says of profiles after a resume: they are told live alone. */
export const refreshNames = async (client: ClientModel, server: AskedServer): Promise<void> => {
  const shown = client.conversations.flatMap(({ members }) => members.map(({ userId }) => userId));
  for (const userId of new Set(shown)) {
    const user = await server.names(userId);
    if (user) client.apply({ type: 'user.updated', user });
  }
};

/** Does what the documentation says of a `resync`. */
export const carryOut = async (client: ClientModel, server: AskedServer, frame: ResyncFrame): Promise<void> => {
  for (const conversationId of frame.left) client.forget(conversationId);
  client.knowConversations(await server.snapshot());
  for (const { conversationId, cursor, changed } of frame.conversations) {
    // A part of a history is kept, too: of a conversation that began since the snapshot, frames have told some messages.
    if (!client.keepsHistory(conversationId) && client.messagesOf(conversationId).length === 0) continue;
    client.know(await server.history(conversationId, cursor));
    if (changed) client.knowChanges(conversationId, await server.changes(conversationId, frame.since));
  }
  for (const { conversationId } of client.conversations) {
    if (client.pinsOf(conversationId)) client.knowPins(conversationId, await server.pins(conversationId));
    await fetchReaders(client, server, conversationId);
  }
};

/** Lets a client take in frames, by the documented rules; answers whether there was a `resync` among them. */
export const takeIn = async (client: ClientModel, server: AskedServer, frames: readonly Frame[]): Promise<boolean> => {
  for (const frame of frames)
    if (frame.type === 'resync') await carryOut(client, server, frame as unknown as ResyncFrame);
    else client.apply(frame);
  return frames.some(({ type }) => type === 'resync');
};
