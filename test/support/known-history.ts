import type { Message } from '../../src/interfaces/client/wire.js';

export type KnownMessage = Message;
