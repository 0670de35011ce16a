import { Http } from '../../src/interfaces/client/session/http.js';
import { Session } from '../../src/interfaces/client/session/session.js';
import { memoryStorage } from '../../src/interfaces/client/storage/memory-storage.js';
import type { ClientStorage, Tabs } from '../../src/interfaces/client/platform.js';
import type { Tokens } from '../../src/interfaces/client/wire.js';
import { manualPlatform } from './manual-platform.js';

export const USER = { userId: 'me', username: 'ada', displayName: 'Ada' };
export const HOUR = 3_600;

export const tokens = (n: number, user = USER): Tokens => ({
  tokenType: 'Bearer',
  accessToken: `access-${n}`,
  expiresIn: HOUR,
  refreshToken: `refresh-${n}`,
  refreshExpiresIn: 7 * 24 * HOUR,
  sessionId: 'session',
  user,
});

interface Asked {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly token: string | undefined;
  readonly credentials: string | undefined;
}

type Answer = object | 'unreachable' | ((asked: Asked) => object);

/** A server that answers each path with what the test says, and notes what it was asked. */
export const server = (answers: Readonly<Record<string, Answer>>) => {
  const asked: Asked[] = [];
  const answer = (given: Asked): Response => {
    const found = answers[given.path] ?? {};
    if (found === 'unreachable') throw new TypeError('fetch failed');
    const body = (typeof found === 'function' ? found(given) : found) as { status?: number };
    return new Response(JSON.stringify(body), { status: body.status ?? 200 });
  };
  const fetch = (async (url: string, init: RequestInit) => {
    await Promise.resolve();
    const headers = init.headers as Record<string, string>;
    const given = {
      path: new URL(url).pathname,
      body: JSON.parse((init.body as string | undefined) ?? '{}') as Asked['body'],
      token: headers['Authorization']?.replace('Bearer ', ''),
      credentials: (init as { credentials?: string }).credentials,
    };
    asked.push(given);
    return answer(given);
  }) as typeof globalThis.fetch;
  return { fetch, asked, to: (path: string) => asked.filter((each) => each.path === path) };
};

export const REFRESH = '/user/v1/refresh-token';
export const refreshing = () => {
  let n = 1;
  return { [REFRESH]: () => tokens((n += 1)) };
};

interface Given {
  readonly fetch: typeof globalThis.fetch;
  readonly storage?: ClientStorage;
  readonly tabs?: Tabs;
  readonly cookie?: boolean;
}

/** Opens a session whose server, clock and storage are in the hands of the test. */
export const openSession = ({ fetch, storage = memoryStorage(), tabs, cookie = false }: Given) => {
  const manual = manualPlatform({ fetch, storage, ...(tabs && { tabs }) });
  const changes: (string | undefined)[] = [];
  const session = new Session({
    platform: manual.platform,
    http: new Http(manual.platform, () => 'http://there'),
    name: 'there',
    cookie,
    onChange: (current) => changes.push(current?.accessToken),
  });
  return { ...manual, session, changes, storage };
};

export const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code: string }).code,
  );
