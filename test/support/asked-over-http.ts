import { expect } from 'chai';
import type { AskedServer } from './asked-server.js';
import { call, type Answer } from './call.js';
import type { KnownConversation } from './known-conversation.js';
import type { KnownMessage } from './known-history.js';
import type { SignedUp } from './signed-up.js';
import type { Target } from './target.js';

interface Profile {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
}

/** Asks a server as this user, for what it shows at a position. */
export const askedOverHttp = (target: Target, { accessToken: token }: SignedUp, position: string): AskedServer => {
  const ask = async (path: string): Promise<Answer> =>
    call(target, 'GET', path, { token, headers: { 'X-Min-Position': position } });

  const answered = async (path: string): Promise<Answer['body']> => {
    const answer = await ask(path);
    expect(answer.status, answer.text).to.equal(200);
    return answer.body;
  };

  /** Reads a list to its end; `next` names the cursor. */
  const pages = async <Item>(list: string, path: string, next = 'cursor', from?: string): Promise<Item[]> => {
    const found: Item[] = [];
    for (let cursor: string | null | undefined = from; cursor !== null;) {
      const body = await answered(`${path}${cursor === undefined ? '' : `&${next}=${cursor}`}`);
      found.push(...(body[list] as Item[]));
      cursor = body['nextCursor'] as string | null;
    }
    return found;
  };

  return {
    snapshot: async () => {
      const found = await pages<KnownConversation>('conversations', '/conversation/v1?limit=100');
      return found.sort((one, other) => one.conversationId.localeCompare(other.conversationId));
    },
    history: (conversationId, after = 'm0') =>
      pages<KnownMessage>('messages', `/message/v1/history?conversationId=${conversationId}&limit=50`, 'after', after),
    changes: (conversationId, since) =>
      pages<KnownMessage>('messages', `/message/v1/changes?conversationId=${conversationId}&since=${since}&limit=2`),
    pins: async (conversationId) => {
      const { pins } = await answered(`/conversation/v1/${conversationId}/pins`);
      return (pins as { message: KnownMessage }[]).map(({ message }) => message.messageId).sort();
    },
    readers: async (messageId) => {
      const { receipts } = await answered(`/message/v1/${messageId}/receipts`);
      const read = (receipts as { userId: string; readAt: string | null }[]).filter(({ readAt }) => readAt !== null);
      return read.map(({ userId }) => userId).sort();
    },
    names: async (userId) => {
      const { status, body } = await ask(`/user/v1/users/${userId}`);
      return status === 404 ? undefined : (body as unknown as Profile);
    },
  };
};
