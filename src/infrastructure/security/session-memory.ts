import type { Config } from '../config.js';
import { MEDIA_LINK_SECONDS } from './media-links.js';

/** Answers for how long a server remembers that a session has ended: no token and no link of it is good for longer. */
export const sessionMemorySeconds = ({ ACCESS_TOKEN_TTL }: Pick<Config, 'ACCESS_TOKEN_TTL'>): number =>
  Math.max(ACCESS_TOKEN_TTL, MEDIA_LINK_SECONDS);
