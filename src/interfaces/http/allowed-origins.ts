import { isLoopback } from '../../application/kernel/loopback.js';

/** The pages that may call this server from a browser. */
export interface AllowedOrigins {
  /** Says whether pages of this origin may use the cookie. */
  readonly takesCookieOf: (origin: string) => boolean;
  /** Answers the value of `Access-Control-Allow-Origin`; an empty one for a page that may not read answers. */
  readonly readableBy: (origin: string) => string;
  /** Says whether a page of another origin may have its requests sent with the cookie. */
  readonly sharesCookieWith: (origin: string) => boolean;
}

/** The names of this machine are one to its user. */
const onThisMachine = (origin: string): string => {
  if (!URL.canParse(origin)) return origin;
  const { protocol, hostname, port } = new URL(origin);
  return isLoopback(hostname) ? `${protocol}//localhost:${port}` : origin;
};

/**
 * Knows the origins of clients: that of `PUBLIC_URL`, and those of `CORS_ORIGIN`, where `*` lets every page read answers, and
 * none use the cookie.
 */
export const allowedOrigins = (publicUrl: string, corsOrigins: readonly string[]): AllowedOrigins => {
  const own = onThisMachine(new URL(publicUrl).origin);
  const others = new Set(corsOrigins.filter((origin) => origin !== '*'));
  const isOpen = corsOrigins.includes('*');
  return {
    takesCookieOf: (origin) => others.has(origin) || onThisMachine(origin) === own,
    readableBy: (origin) => {
      if (others.has(origin)) return origin;
      return isOpen ? '*' : '';
    },
    sharesCookieWith: (origin) => others.has(origin),
  };
};
