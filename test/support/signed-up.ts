import { expect } from 'chai';
import { call } from './call.js';
import type { Target } from './target.js';

export interface SignedUp {
  readonly userId: string;
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

export const PASSWORD = 'correct horse battery';

/** Registers, verifies the address and logs in. */
export const signUp = async (target: Target, username: string): Promise<SignedUp> => {
  const email = `${username}@example.org`;
  const registered = await call(target, 'POST', '/user/v1/register', { json: { username, email, password: PASSWORD } });
  expect(registered.status, registered.text).to.equal(201);
  const token = await target.mailedToken(email);
  const verified = await call(target, 'POST', '/user/v1/verify-email', { json: { token } });
  expect(verified.status, verified.text).to.equal(204);
  const { accessToken, refreshToken } = await logIn(target, { username, password: PASSWORD });
  return {
    userId: registered.body['userId'] as string,
    username,
    email,
    password: PASSWORD,
    accessToken,
    refreshToken,
  };
};

/** The answer to a log-in. */
export interface LoggedIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionId: string;
}

/** Starts another session of a user. */
export const logIn = async (
  target: Target,
  { username, password }: Pick<SignedUp, 'username' | 'password'>,
  more: object = {},
): Promise<LoggedIn> => {
  const json = { login: username, password, ...more };
  const answer = await call(target, 'POST', '/user/v1/login', { json });
  expect(answer.status, answer.text).to.equal(200);
  return answer.body as unknown as LoggedIn;
};

/** Sends a message over HTTP, and answers the response. */
export const send = async (target: Target, from: SignedUp, json: object) => {
  const answer = await call(target, 'POST', '/message/v1/send', { token: from.accessToken, json });
  expect(answer.status, answer.text).to.equal(201);
  return answer.body as { messageId: string; conversationId: string; position: string };
};

/** Answers the newest messages of a conversation, as they are at this position. */
export const history = async (target: Target, reader: SignedUp, conversationId: string, position: string) => {
  const answer = await call(target, 'GET', `/message/v1/history?conversationId=${conversationId}&limit=200`, {
    token: reader.accessToken,
    headers: { 'x-min-position': position },
  });
  expect(answer.status, answer.text).to.equal(200);
  return answer.body['messages'] as { messageId: string; text: string; position: string; cursor: string }[];
};

/** Three users: Ada and Bob talk, and Eve has no part in it. */
export interface Scene {
  readonly ada: SignedUp;
  readonly bob: SignedUp;
  readonly eve: SignedUp;
  readonly directId: string;
  readonly groupId: string;
  /** A message of Ada in the direct conversation. */
  readonly messageId: string;
}

export const setScene = async (target: Target): Promise<Scene> => {
  const [ada, bob, eve] = [await signUp(target, 'ada'), await signUp(target, 'bob'), await signUp(target, 'eve')];
  const { conversationId: directId, messageId } = await send(target, ada, { recipientId: bob.userId, text: 'private' });
  const group = await call(target, 'POST', '/conversation/v1', {
    token: ada.accessToken,
    json: { kind: 'group', title: 'Engines', memberIds: [bob.userId] },
  });
  expect(group.status, group.text).to.equal(201);
  const { conversationId: groupId } = group.body['conversation'] as { conversationId: string };
  return { ada, bob, eve, directId, groupId, messageId };
};

export type GetScene = () => Scene;
