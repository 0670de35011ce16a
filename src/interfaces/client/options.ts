import type { BackOff } from './connection/back-off.js';
import type { Platform } from './platform.js';
import type { Frame } from './wire.js';

export interface ChatOptions extends Partial<Platform> {
  /** The server, such as `https://chat.example.org`; a function, where each connection may go to another one. */
  readonly url: string | (() => string);
  /** Names what this client keeps, where several of them share a storage. */
  readonly name?: string;
  /** Has the refresh token kept in a cookie, for browsers on the server's own site. */
  readonly cookie?: boolean;
  readonly backOff?: BackOff;
  /** Sees every frame as it comes, before anything else does. */
  readonly onFrame?: (frame: Frame) => void;
}
