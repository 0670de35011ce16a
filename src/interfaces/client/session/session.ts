import { ChatError, isRefusal } from '../errors.js';
import type { Platform } from '../platform.js';
import type { Tokens } from '../wire.js';
import type { Http, HttpRequest } from './http.js';

/** A token is exchanged when this part of its life is over. */
const REFRESHED_AT = 0.8;
/** Timers know 31 bits. */
const LONGEST_TIMER_MS = 2_147_483_647;
const RETRY_MS = 30_000;
const REFRESH = '/user/v1/refresh-token';
const UNAUTHENTICATED = 401;

/** A session as it is kept. Its times are those of this device's clock, so that a clock that is wrong does no harm. */
export interface KeptSession {
  readonly accessToken: string;
  /** It is left out where a cookie holds it. */
  readonly refreshToken?: string;
  readonly refreshAt: number;
  readonly sessionId: string;
  readonly user: Tokens['user'];
}

export interface Credentials {
  /** A username or an e-mail address. */
  readonly login: string;
  readonly password: string;
  /** A name for this device, which the list of sessions shows. */
  readonly device?: string;
}

export interface SessionParts {
  readonly platform: Pick<Platform, 'storage' | 'tabs' | 'now' | 'after'>;
  readonly http: Http;
  /** Two servers do not share a session. */
  readonly name: string;
  /** Has the refresh token kept in a cookie that no script can read. */
  readonly cookie: boolean;
  /** Somebody has signed in, or a token was exchanged; undefined: the session is over. */
  readonly onChange: (session: KeptSession | undefined) => void;
}

/** Says whether the server does not take a token. A page of something in between says nothing of it. */
const isOver = (error: unknown): boolean =>
  error instanceof ChatError && error.status === UNAUTHENTICATED && error.code !== 'unreachable';

/** The session of the user: it signs in, keeps the tokens, and exchanges them before they expire. */
export class Session {
  readonly #parts: SessionParts;
  readonly #key: string;
  #current: KeptSession | undefined;
  /** The session where it is newer than what the storage could keep. */
  #unkept: KeptSession | undefined;
  #refreshing: Promise<KeptSession> | undefined;
  #cancelTimer: () => void = () => undefined;
  #isClosed = false;
  /** The time before which an exchange that has failed is not tried again while the old token does. */
  #notBefore = -Infinity;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#key = `session/${parts.name}`;
    parts.platform.tabs.onTold((message) => {
      if (message === this.#key) void this.#follow();
    });
  }

  get current(): KeptSession | undefined {
    return this.#current;
  }

  async signIn(credentials: Credentials): Promise<KeptSession> {
    const { cookie, http } = this.#parts;
    const json = { ...credentials, ...(cookie && { cookie }) };
    return this.adopt(await http.once<Tokens>('POST', '/user/v1/login', { json, cookies: cookie }));
  }

  /** Takes tokens that were got elsewhere. */
  async adopt(tokens: Tokens): Promise<KeptSession> {
    const session = this.#keptFrom(tokens);
    await this.#keep(session);
    return session;
  }

  /** Takes the session up that was kept; undefined when there is none. */
  async restore(): Promise<KeptSession | undefined> {
    const kept = (await this.#parts.platform.storage.get(this.#key)) as KeptSession | undefined;
    if (kept) this.#take(kept);
    return kept;
  }

  /** Answers an access token: another one than the refused one, if there is one. */
  async accessToken(refused?: string): Promise<string> {
    const { now } = this.#parts.platform;
    const current = this.#require();
    const isRefused = current.accessToken === refused;
    if (!isRefused && now() < Math.max(current.refreshAt, this.#notBefore)) return current.accessToken;
    try {
      return (await this.refresh(current.accessToken)).accessToken;
    } catch (error) {
      // The token is exchanged before its end: until the server refuses it, it does.
      if (isRefused || this.#current !== current) throw error;
      return current.accessToken;
    }
  }

  /** Exchanges the token, unless that is under way, or another tab has done it. */
  refresh(refused: string): Promise<KeptSession> {
    const { tabs, now } = this.#parts.platform;
    this.#refreshing ??= tabs
      .exclusive(this.#key, () => this.#exchange(refused))
      .catch((error: unknown) => {
        this.#notBefore = now() + RETRY_MS;
        throw error;
      })
      .finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** Ends the session here and on the server, as far as it can be reached. */
  async signOut(scope: 'session' | 'all' = 'session'): Promise<void> {
    const ended = this.#current;
    try {
      await this.#end();
    } finally {
      if (ended) await this.#endOnServer(ended, scope);
    }
  }

  /** Calls the server for the user; where the token is refused, once more with another. */
  async call<Answer>(method: string, path: string, request: HttpRequest = {}): Promise<Answer> {
    const { userId } = this.#require().user;
    const token = await this.accessToken();
    try {
      return await this.#parts.http.call<Answer>(method, path, { ...request, token });
    } catch (error) {
      if (!isRefusal(error, 'unauthenticated', 'session_ended')) throw error;
      const other = await this.accessToken(token);
      if (this.#current?.user.userId !== userId) throw error; // nothing is done in the name of whoever signed in meanwhile
      return this.#parts.http.call<Answer>(method, path, { ...request, token: other });
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimer();
  }

  #require(): KeptSession {
    if (!this.#current) throw new ChatError('signed_out', 'nobody is signed in');
    return this.#current;
  }

  async #exchange(refused: string): Promise<KeptSession> {
    const { http, cookie, platform } = this.#parts;
    const kept = this.#unkept ?? ((await platform.storage.get(this.#key)) as KeptSession | undefined);
    if (kept?.user.userId !== this.#require().user.userId) {
      this.#forget();
      throw new ChatError('signed_out', 'the session was ended in another tab');
    }
    if (kept.accessToken !== refused) {
      this.#take(kept);
      return kept;
    }
    const json = cookie ? { cookie } : { refreshToken: kept.refreshToken };
    try {
      const tokens = await http.once<Tokens>('POST', REFRESH, { json, cookies: cookie });
      this.#requireStill(kept);
      const session = this.#keptFrom(tokens);
      // The old refresh token is spent: this one is used also where it cannot be kept.
      await this.#keep(session).catch(() => this.#take((this.#unkept = session)));
      return session;
    } catch (error) {
      if (!isOver(error)) throw error;
      this.#requireStill(kept);
      await this.#end();
      throw new ChatError('signed_out', 'the session has ended', { cause: error });
    }
  }

  /** Throws where somebody has signed out, or somebody else in, while the server was asked. */
  #requireStill({ sessionId }: KeptSession): void {
    if (this.#current?.sessionId !== sessionId) throw new ChatError('signed_out', 'the session was ended meanwhile');
  }

  async #endOnServer({ accessToken, refreshToken }: KeptSession, scope: 'session' | 'all'): Promise<void> {
    const { http, cookie } = this.#parts;
    const end = (token: string): Promise<void> =>
      http.once('POST', '/user/v1/logout', { json: { scope }, token, cookies: cookie });
    try {
      await end(accessToken);
    } catch (error) {
      if (!isOver(error)) throw error;
      // The access token may have expired while the device slept, which leaves the refresh token good for days.
      if (refreshToken === undefined) return;
      const tokens = await http.once<Tokens>('POST', REFRESH, { json: { refreshToken } }).catch((cause: unknown) => {
        if (!isOver(cause)) throw cause;
      });
      if (tokens) await end(tokens.accessToken);
    }
  }

  #keptFrom({ accessToken, refreshToken, expiresIn, sessionId, user }: Tokens): KeptSession {
    const refreshAt = this.#parts.platform.now() + expiresIn * 1_000 * REFRESHED_AT;
    return { accessToken, ...(refreshToken !== undefined && { refreshToken }), refreshAt, sessionId, user };
  }

  async #keep(session: KeptSession): Promise<void> {
    const { storage, tabs } = this.#parts.platform;
    await storage.put(this.#key, session);
    this.#unkept = undefined;
    this.#take(session);
    tabs.tell(this.#key);
  }

  #take(session: KeptSession): void {
    if (this.#isClosed) return;
    this.#current = session;
    this.#parts.onChange(session);
    this.#schedule(session.refreshAt);
  }

  /** Exchanges the token in time. What cannot be reached is tried again: until then the old token may still do. */
  #schedule(at: number): void {
    const { now, after } = this.#parts.platform;
    this.#cancelTimer();
    this.#cancelTimer = after(Math.min(Math.max(0, at - now()), LONGEST_TIMER_MS), () => {
      const { current } = this;
      if (current)
        this.refresh(current.accessToken).catch(() => {
          if (this.#current) this.#schedule(now() + RETRY_MS);
        });
    });
  }

  /** Takes up what another tab has kept, or ended. */
  async #follow(): Promise<void> {
    const kept = (await this.#parts.platform.storage.get(this.#key)) as KeptSession | undefined;
    if (!kept) this.#forget();
    else if (kept.user.userId === this.#current?.user.userId) this.#take(kept);
  }

  /** Ends the session for all tabs, unless somebody else has signed in meanwhile: then for this one. */
  async #end(): Promise<void> {
    const { storage, tabs } = this.#parts.platform;
    const sessionId = this.#current?.sessionId;
    try {
      const kept = (await storage.get(this.#key)) as KeptSession | undefined;
      if (kept?.sessionId === sessionId) await storage.remove(this.#key);
    } finally {
      if (this.#current?.sessionId === sessionId) this.#forget();
      tabs.tell(this.#key);
    }
  }

  #forget(): void {
    this.#cancelTimer();
    this.#unkept = undefined;
    if (!this.#current) return;
    this.#current = undefined;
    this.#parts.onChange(undefined);
  }
}
