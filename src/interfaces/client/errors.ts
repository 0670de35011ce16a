import type { FieldFault, ServerCode } from './wire.js';

/** The reasons beside those of the server why something was not done. */
type ClientProblemCode =
  /** The server could not be reached, or did not answer. */
  | 'unreachable'
  /** Nobody is signed in, or the session has ended. */
  | 'signed_out'
  /** The socket was closed because of a frame, so that it is not sent again by itself. */
  | 'malformed'
  /** The device could not keep the command: its storage is full, or cannot be written. */
  | 'not_kept'
  /** The user of this client has dropped the command. */
  | 'discarded';

export type ErrorCode = ServerCode | ClientProblemCode;

export interface ErrorFacts {
  readonly status?: number | undefined;
  /** The milliseconds after which the same may be tried again. */
  readonly retryAfterMs?: number | undefined;
  readonly errors?: readonly FieldFault[] | undefined;
  readonly cause?: unknown;
}

/** Whatever a client was refused. Decide by its code. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly code: ErrorCode;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly errors: readonly FieldFault[];

  constructor(code: ErrorCode, detail: string, { status, retryAfterMs, errors = [], cause }: ErrorFacts = {}) {
    super(detail, { cause });
    this.code = code;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.errors = errors;
  }

  /** Says whether the same may succeed later. */
  get isTransient(): boolean {
    return this.code === 'unreachable' || this.retryAfterMs !== undefined;
  }
}

/** Says whether this is a refusal with one of these codes. */
export const isRefusal = (error: unknown, ...codes: readonly ErrorCode[]): error is ChatError =>
  error instanceof ChatError && codes.includes(error.code);
