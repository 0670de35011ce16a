import type { Middleware } from 'koa';
import helmet from 'koa-helmet';

const YEAR_SECONDS = 31_536_000;

/** The pages of this server may load their own files and call their own API, and nothing else. */
const DIRECTIVES = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  // The form of a new password is sent by the script: without it, the password must not end up in an address.
  formAction: ["'none'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

/**
 * Limits what browsers do with an answer. They are told to use https alone only where the server is reached by https: on
 * a plain address of a LAN they would look for the files of a page where no server answers.
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
