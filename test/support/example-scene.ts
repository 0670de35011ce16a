import { call } from './call.js';
import { eventually } from './eventually.js';
import { logIn, send, signUp, type SignedUp } from './signed-up.js';
import type { Target } from './target.js';
import { sidewaysJpeg } from './test-images.js';
import { upload } from './upload.js';

/** What stands in the place of an example, because the example names something that this server does not have. */
export type RealValues = Readonly<Record<string, () => unknown>>;

/** A user who tries examples. */
export interface Actor {
  readonly user: SignedUp;
  /** By the name of a field or parameter, or by that behind its call where it differs there. */
  readonly values: RealValues;
}

/** Those whom each actor meets. */
export interface Others {
  readonly friend: SignedUp;
  /** Makes actors administrators and auditors. */
  readonly admin: SignedUp;
}

let users = 0;
const newName = (): string => {
  users += 1;
  return `user${users}`;
};

/** Makes a function that does its work once, when it is needed. */
const once = <Value>(work: () => Promise<Value>): (() => Promise<Value>) => {
  let outcome: Promise<Value> | undefined;
  return () => (outcome ??= work());
};

const setPasswordToken = async (target: Target, { email }: SignedUp): Promise<string> => {
  const verification = await target.mailedToken(email);
  await call(target, 'POST', '/user/v1/password/forgot', { json: { email } });
  return eventually(
    () => target.mailedToken(email),
    (token) => token !== verification,
  );
};

const verificationToken = async (target: Target, password: string): Promise<string> => {
  const username = newName();
  const email = `${username}@example.org`;
  await call(target, 'POST', '/user/v1/register', { json: { username, email, password } });
  return target.mailedToken(email);
};

/** Answers the cursor behind the first of two messages that a search for these words finds. */
const searchCursor = async (target: Target, user: SignedUp, conversationId: string): Promise<string> => {
  const text = 'lunch friday';
  for (let n = 0; n < 2; n += 1) await send(target, user, { conversationId, text });
  const path = `/message/v1/search?limit=1&q=${encodeURIComponent(text)}`;
  return (await call(target, 'GET', path, { token: user.accessToken })).body['nextCursor'] as string;
};

/** Sends an image, and answers the signatures of its links. */
const imageOf = async (target: Target, user: SignedUp, conversationId: string) => {
  const { mediaId } = await upload(target, user, await sidewaysJpeg(60, 40));
  const { messageId } = await send(target, user, { conversationId, attachments: [mediaId] });
  const { body } = await call(target, 'GET', `/message/v1/${messageId}`, { token: user.accessToken });
  const [file] = body['attachments'] as [{ url: string; thumbnailUrl: string }];
  const linkIn = (url: string) => new URL(url, target.url).searchParams.get('link');
  return { mediaId, link: linkIn(file.url), thumbnailLink: linkIn(file.thumbnailUrl) };
};

/** Asks for the approval of a call, and answers the id of the request. */
const requestAudit = async (target: Target, { accessToken: token }: SignedUp): Promise<unknown> => {
  const json = { call: 'GET /audit/v1/events', filter: {} };
  const headers = { 'x-audit-reason': 'An example' };
  return (await call(target, 'POST', '/audit/v1/requests', { token, json, headers })).body['requestId'];
};

/** Answers the size of a head that is signed. */
const sizeOfCheckpoint = async (target: Target, auditor: SignedUp): Promise<string> => {
  const { text } = await call(target, 'GET', '/audit/v1/checkpoint', { token: auditor.accessToken });
  return text.split('\n')[1] ?? '';
};

/** Erases somebody, and answers their id once it can be certified. */
const erasedUser = async (target: Target, { accessToken: token }: SignedUp): Promise<string> => {
  const { userId } = await signUp(target, newName());
  await call(target, 'DELETE', `/user/v1/users/${userId}`, { token });
  await eventually(
    async () =>
      (
        await fetch(`${target.url}/user/v1/users/${userId}/erasure-certificate`, {
          headers: { authorization: `Bearer ${token}` },
        })
      ).status,
    (status) => status === 200,
  );
  return userId;
};

/** Answers the name of a projection once nothing is done with it, or with others. */
const idleProjection = async (target: Target, { accessToken: token }: SignedUp): Promise<unknown> => {
  const list = async () => {
    const { body } = await call(target, 'GET', '/ops/v1/projections', { token });
    return body['projections'] as { name: string; maintenance: { end: string | null } | null }[];
  };
  const all = await eventually(list, (each) => each.every(({ maintenance }) => maintenance?.end !== null));
  return all.find(({ name }) => name === 'media')?.name;
};

/** Signs a user up who is an administrator, an auditor and an operator, and has a group with a message in it. */
export const actingUser = async (target: Target, { friend, admin }: Others): Promise<Actor> => {
  const user = await signUp(target, newName());
  for (const [userId, role] of [
    [user.userId, 'admin'],
    [user.userId, 'auditor'],
    [user.userId, 'operator'],
    [admin.userId, 'auditor'],
  ])
    await call(target, 'PUT', `/user/v1/users/${userId}/roles/${role}`, { token: admin.accessToken });
  const { body } = await call(target, 'POST', '/conversation/v1', {
    token: user.accessToken,
    json: { kind: 'group', title: 'Engines', memberIds: [friend.userId] },
  });
  const { conversationId } = body['conversation'] as { conversationId: string };
  const { messageId, position } = await send(target, user, { conversationId, text: 'to be found' });
  const image = once(() => imageOf(target, user, conversationId));
  const link = async () => (await image()).link;
  const mediaId = async () => (await image()).mediaId;
  const newUser = newName();
  const erased = once(() => erasedUser(target, admin));
  const signedSize = once(() => sizeOfCheckpoint(target, user));
  const values: RealValues = {
    id: () => conversationId,
    conversationId: () => conversationId,
    messageId: () => messageId,
    userId: () => friend.userId,
    recipientId: () => friend.userId,
    'GET /message/v1/search from': () => friend.userId,
    actorId: () => friend.userId,
    userIds: () => [friend.userId],
    memberIds: () => [friend.userId],
    recipient: () => friend.username,
    login: () => user.username,
    password: () => user.password,
    currentPassword: () => user.password,
    username: () => newUser,
    email: () => `${newUser}@example.org`,
    refreshToken: () => user.refreshToken,
    sessionId: async () => (await logIn(target, user)).sessionId,
    requestId: () => requestAudit(target, admin),
    name: () => idleProjection(target, user),
    since: () => position,
    'X-Min-Position': () => position,
    mediaId,
    avatarMediaId: mediaId,
    link,
    'GET /media/v1/{mediaId}/thumbnail link': async () => (await image()).thumbnailLink,
    'GET /message/v1/search cursor': () => searchCursor(target, user, conversationId),
    position: () => position,
    asOf: () => position,
    viewer: () => friend.userId,
    'GET /audit/v1/conversations/{conversationId}/messages cursor': () => `p${conversationId}.${position}`,
    size: signedSize,
    // A bundle of nothing is refused.
    'GET /audit/v1/exports after': () => '0',
    'GET /audit/v1/exports to': () => '2100-01-01T00:00:00Z',
    'GET /audit/v1/exports cursor': () => `e0-${position}`,
    'GET /audit/v1/proofs/consistency from': () => '1',
    'GET /audit/v1/proofs/consistency to': () => '2',
    'GET /audit/v1/tiles/tile/{tile} tile': async () => (await signedSize()) && '0/000.p/1',
    'POST /user/v1/verify-email token': () => verificationToken(target, user.password),
    'POST /user/v1/password/reset token': () => setPasswordToken(target, user),
    'GET /audit/v1/erasures/{userId}/certificate userId': erased,
    'GET /user/v1/users/{userId}/erasure-certificate userId': erased,
    'DELETE /user/v1/users/{userId} userId': async () => (await signUp(target, newName())).userId,
  };
  return { user, values };
};
