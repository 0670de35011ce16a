import type { Middleware } from 'koa';
import helmet from 'koa-helmet';

const YEAR_SECONDS = 31_536_000;

/** What the pages of this server need, and nothing else: their own files, and calls of their own API. */
const DIRECTIVES = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  // The form of a new password is sent by the script: without it, the password must not end in an address.
  formAction: ["'none'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/**
 * Tells browsers how narrowly to take what is answered. Only where the outside sees this server by https are they told
 * to use nothing else: on a plain address of a LAN they would look for the files of a page where nothing answers.
 */
export const securityHeaders = (publicUrl: string): Middleware => {
  const isHttps = new URL(publicUrl).protocol === 'https:';
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: isHttps ? { ...DIRECTIVES, upgradeInsecureRequests: [] } : DIRECTIVES,
    },
    strictTransportSecurity: isHttps && { maxAge: YEAR_SECONDS, includeSubDomains: false },
    xFrameOptions: { action: 'deny' },
  });
};
