import { expect } from 'chai';
import { WebSocket } from 'ws';
import { createChat, type Chat } from '../../src/interfaces/client/client.js';
import type { ChatOptions } from '../../src/interfaces/client/options.js';
import type { Conversation } from '../../src/interfaces/client/wire.js';
import { askedOverHttp } from './asked-over-http.js';
import { eventually } from './eventually.js';
import type { SignedUp } from './signed-up.js';
import type { Target } from './target.js';

const SETTLED_MS = 20_000;
const BACK_OFF = { firstMs: 20, longestMs: 200 };

const open = new Set<Chat>();

/** Makes a client for a test: in Node, and quick to come back. */
export const chatOf = (url: ChatOptions['url'], options: Partial<ChatOptions> = {}): Chat => {
  const chat = createChat({ url, WebSocket, backOff: BACK_OFF, ...options });
  open.add(chat);
  return chat;
};

/** Signs a user in, and waits until what the client shows is current. */
export const signedIn = async (chat: Chat, { username, password }: SignedUp): Promise<Chat> => {
  await chat.signIn({ login: username, password });
  return untilCurrent(chat);
};

export const untilCurrent = async (chat: Chat): Promise<Chat> => {
  await until(() => chat.isCurrent);
  return chat;
};

/** Resolves once this is so. */
export const until = async (isSo: () => boolean): Promise<void> => {
  await eventually(() => Promise.resolve(isSo()), Boolean);
};

/** Ends the clients that a test has left open, also those of a test that failed. */
export const closeChats = (): void => {
  for (const chat of open) chat.close();
  open.clear();
};

/** Answers the code with which a promise is rejected. */
export const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'nothing was refused',
    (error: unknown) => (error as { readonly code?: string }).code ?? error,
  );

const inOrder = (conversations: readonly Conversation[]): Conversation[] =>
  [...conversations].sort((one, other) => one.conversationId.localeCompare(other.conversationId));

/** Waits until a client has everything up to a position, and expects it to show what a fresh snapshot shows. */
export const expectCurrent = async (target: Target, user: SignedUp, chat: Chat, position: string): Promise<void> => {
  const server = askedOverHttp(target, user, position);
  const fresh = await server.snapshot();
  await eventually(
    () => Promise.resolve(chat.isCurrent && JSON.stringify(inOrder(chat.inbox)) === JSON.stringify(fresh)),
    (isSame) => isSame,
    SETTLED_MS,
  ).catch(() => undefined); // the expectations say what differs
  for (const conversation of fresh) {
    const { conversationId } = conversation;
    expect(chat.conversation(conversationId)).to.deep.equal(conversation);
    const known = chat.messages(conversationId);
    const ids = new Set(known.map(({ messageId }) => messageId));
    const shown = await server.history(conversationId);
    expect(known).to.deep.equal(shown.filter(({ messageId }) => ids.has(messageId)));
    expect(known.length + missingIn(chat, conversationId)).to.equal(shown.length);
  }
  expect(chat.inbox).to.have.length(fresh.length);
};

const missingIn = (chat: Chat, conversationId: string): number =>
  chat.gaps(conversationId).reduce((count, { from, to }) => count + to - from + 1, 0);
