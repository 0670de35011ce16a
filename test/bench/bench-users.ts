import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningApp } from '../support/app.js';
import type { Pair } from './load.js';

const PASSWORD = 'correct horse battery';
const AT_ONCE = 20;

export interface BenchUser {
  readonly userId: string;
  readonly accessToken: string;
}

/** Calls the app, and fails when it refuses. */
export const call = async (
  app: RunningApp,
  method: string,
  path: string,
  { body, token }: { readonly body?: object; readonly token?: string },
): Promise<Record<string, never>> => {
  const response = await fetch(`${app.url}${path}`, {
    method,
    headers: {
      ...(body && { 'Content-Type': 'application/json' }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Record<string, never>);
};

const post = (app: RunningApp, path: string, body: object, token?: string) =>
  call(app, 'POST', path, { body, ...(token !== undefined && { token }) });

const inTurns = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  return results;
};

/** Answers the tokens of all mails that were kept. */
const mailedTokens = async (folder: string, count: number): Promise<string[]> => {
  for (;;) {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')); // none has come yet
    if (names.length >= count) {
      const mails = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
      return mails.map((mail) => /token=([\w-]+)/.exec(mail)?.[1] ?? '');
    }
    await sleep(50);
  }
};

/** Signs up users and logs them in. */
export const signUpMany = async (app: RunningApp, count: number): Promise<BenchUser[]> => {
  const names = Array.from({ length: count }, (_, n) => `bench${n}`);
  await inTurns(names, (username) =>
    post(app, '/user/v1/register', { username, email: `${username}@example.com`, password: PASSWORD }),
  );
  const tokens = await mailedTokens(join(app.dataDir, 'mail'), count);
  await inTurns(tokens, (token) => post(app, '/user/v1/verify-email', { token }));
  return inTurns(names, async (login) => {
    const { accessToken, user } = (await post(app, '/user/v1/login', { login, password: PASSWORD })) as unknown as {
      accessToken: string;
      user: { userId: string };
    };
    return { userId: user.userId, accessToken };
  });
};

/** Answers the direct conversation of two users. */
export const conversationOf = async (app: RunningApp, one: BenchUser, other: BenchUser): Promise<string> => {
  const body = { kind: 'direct', userId: other.userId };
  const answer = (await post(app, '/conversation/v1', body, one.accessToken)) as unknown as {
    conversation: { conversationId: string };
  };
  return answer.conversation.conversationId;
};

/** Signs up pairs of users, each with a conversation of its own. */
export const signUpPairs = async (app: RunningApp, count: number): Promise<Pair[]> => {
  const users = await signUpMany(app, count * 2);
  const pairs: Pair[] = [];
  for (let n = 0; n < count; n += 1) {
    const [one, other] = [users[2 * n], users[2 * n + 1]];
    if (!one || !other) throw new Error('there are too few users');
    const conversationId = await conversationOf(app, one, other);
    pairs.push({ sender: one.accessToken, receiver: other.accessToken, conversationId });
  }
  return pairs;
};

/** Starts a group of these users; the first is its owner. */
export const startGroup = async (app: RunningApp, owner: BenchUser, others: readonly BenchUser[]): Promise<string> => {
  const body = { kind: 'group', title: 'Everybody', memberIds: others.map(({ userId }) => userId) };
  const answer = (await post(app, '/conversation/v1', body, owner.accessToken)) as unknown as {
    conversation: { conversationId: string };
  };
  return answer.conversation.conversationId;
};
