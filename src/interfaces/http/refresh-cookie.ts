import type { Context } from 'koa';
import { Rejection, type RejectionCode } from '../../domain/kernel/rejections.js';
import { InterfaceRefusal } from '../failure.js';
import type { AllowedOrigins } from './allowed-origins.js';

/** The cookie in which a browser keeps a refresh token, out of reach of scripts. */
export const REFRESH_COOKIE = 'chatapp_refresh';
const ATTRIBUTES = 'Path=/user/v1/; HttpOnly; SameSite=Strict';

/** A token that was refused for one of these is of no more use. */
const USELESS: ReadonlySet<RejectionCode> = new Set([
  'refresh_token_invalid',
  'refresh_token_expired',
  'refresh_token_reused',
]);

export interface CookieRules {
  readonly origins: AllowedOrigins;
  /** Whether browsers reach the server by https alone. */
  readonly isSecure: boolean;
}

type Request = Pick<Context, 'get' | 'cookies' | 'append'>;

/** The refresh token in the cookie of a request, and of its answer. */
export class RefreshCookie {
  readonly #ctx: Request;
  readonly #rules: CookieRules;
  #isTaken = false;

  constructor(ctx: Request, rules: CookieRules) {
    this.#ctx = ctx;
    this.#rules = rules;
  }

  /** Says whether the request has the cookie. */
  get isThere(): boolean {
    return this.#ctx.cookies.get(REFRESH_COOKIE) !== undefined;
  }

  /** Refuses a page of another origin. A caller that is no browser names no origin. */
  requireOrigin(): void {
    const origin = this.#ctx.get('Origin');
    if (origin !== '' && !this.#rules.origins.takesCookieOf(origin)) throw new InterfaceRefusal('origin_not_allowed');
  }

  /**
   * Answers the token; undefined without a cookie. Browsers send the cookie by themselves, so that the request must name an
   * origin, and one that is allowed.
   */
  take(): string | undefined {
    if (!this.isThere) return undefined;
    if (this.#ctx.get('Origin') === '') throw new InterfaceRefusal('origin_not_allowed');
    this.requireOrigin();
    this.#isTaken = true;
    return this.#ctx.cookies.get(REFRESH_COOKIE);
  }

  /** Gives the browser a token to keep for so long. */
  keep(token: string, seconds: number): void {
    const secure = this.#rules.isSecure ? '; Secure' : '';
    this.#ctx.append('Set-Cookie', `${REFRESH_COOKIE}=${token}; Max-Age=${seconds}; ${ATTRIBUTES}${secure}`);
  }

  /** Removes the cookie, where the request had one. */
  clear(): void {
    if (this.isThere) this.keep('', 0);
  }

  /** Removes the cookie where its token was refused. */
  refused(error: unknown): void {
    if (this.#isTaken && error instanceof Rejection && USELESS.has(error.code)) this.clear();
  }
}
