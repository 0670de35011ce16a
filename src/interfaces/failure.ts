import { ZodError } from 'zod';
import { ExportsOverloadedError } from '../application/audit/export-slots.js';
import { ErasurePendingError } from '../application/audit/certify-erasure.js';
import { ProofPendingError } from '../application/audit/proof-pending.js';
import { TooManyAttemptsError } from '../application/ports/attempt-limits.js';
import { BlobStoreFullError, BlobStoreUnavailableError, MissingBlobError } from '../application/ports/blob-store.js';
import { DatabaseOverloadedError } from '../application/ports/database-overloaded.js';
import { DatabaseUnavailableError } from '../application/ports/database-unavailable.js';
import {
  AppendTooLargeError,
  ConcurrencyError,
  EventIdConflictError,
  EventStoreOverloadedError,
  EventStoreUnavailableError,
} from '../application/ports/event-store.js';
import { ImagesOverloadedError } from '../application/ports/images.js';
import { KeyUnavailableError, UserErasedError } from '../application/ports/event-codec.js';
import { PasswordsOverloadedError } from '../application/ports/passwords.js';
import { InvalidCursorError } from '../application/ports/message-views.js';
import { TooManyWatchedError } from '../application/presence/watches.js';
import { ProjectionLaggingError, ProjectionRebuildingError } from '../application/kernel/read-your-writes.js';
import { Rejection } from '../domain/kernel/rejections.js';
import { AnswerOverdueError } from './answer-deadline.js';
import type { FieldError, ProblemCode } from './refusals.js';

/** A refusal by HTTP or WebSocket themselves. */
export class InterfaceRefusal extends Error {
  override readonly name = 'InterfaceRefusal';

  constructor(
    readonly code: ProblemCode,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(code);
  }
}

/** The meaning of an error for the caller. */
export interface Failure {
  readonly code: ProblemCode;
  readonly errors?: readonly FieldError[];
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the error is ours, and is to be logged. */
  readonly isOurs: boolean;
}

const RETRY_SOON_SECONDS = 1;
/** A rebuild takes seconds, minutes, or more. */
export const RETRY_LATER_SECONDS = 5;

const fieldErrors = ({ issues }: ZodError): FieldError[] =>
  issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'is not known here' }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  );

const busy = (
  code: 'overloaded' | 'unavailable' | 'projection_lagging' | 'proof_pending' | 'erasure_pending',
  isOurs: boolean,
): Failure => ({ code, retryAfterSeconds: RETRY_SOON_SECONDS, isOurs });

/** The meaning of each kind of error. The first kind that fits counts. */
const meanings: readonly (readonly [new (...parameters: never[]) => Error, (error: never) => Failure])[] = [
  [Rejection, ({ code }: Rejection) => ({ code, isOurs: false })],
  [InterfaceRefusal, ({ code, headers }: InterfaceRefusal) => ({ code, headers, isOurs: false })],
  [ZodError, (error: ZodError) => ({ code: 'invalid_request', errors: fieldErrors(error), isOurs: false })],
  [
    InvalidCursorError,
    ({ message }: InvalidCursorError) => ({
      code: 'invalid_request',
      errors: [{ path: 'cursor', message }],
      isOurs: false,
    }),
  ],
  [
    TooManyWatchedError,
    ({ message }: TooManyWatchedError) => ({
      code: 'invalid_request',
      errors: [{ path: 'userIds', message }],
      isOurs: false,
    }),
  ],
  [
    TooManyAttemptsError,
    ({ retryAfterSeconds }: TooManyAttemptsError) => ({ code: 'too_many_attempts', retryAfterSeconds, isOurs: false }),
  ],
  [ProjectionLaggingError, () => busy('projection_lagging', false)],
  [ProofPendingError, () => busy('proof_pending', false)],
  [ErasurePendingError, () => busy('erasure_pending', false)],
  [ProjectionRebuildingError, () => ({ code: 'rebuilding', retryAfterSeconds: RETRY_LATER_SECONDS, isOurs: false })],
  [ConcurrencyError, () => busy('overloaded', false)],
  [PasswordsOverloadedError, () => busy('overloaded', false)],
  [ExportsOverloadedError, () => busy('overloaded', false)],
  [ImagesOverloadedError, () => busy('overloaded', false)],
  // The limits of the interfaces are far below those that a log should have: the operator has to know.
  [AppendTooLargeError, () => ({ code: 'payload_too_large', isOurs: true })],
  [EventStoreOverloadedError, () => busy('overloaded', false)],
  [DatabaseOverloadedError, () => busy('overloaded', false)],
  [DatabaseUnavailableError, () => busy('unavailable', true)],
  [EventStoreUnavailableError, () => busy('unavailable', true)],
  [AnswerOverdueError, () => busy('unavailable', true)],
  [BlobStoreFullError, () => ({ code: 'storage_full', isOurs: true })],
  [BlobStoreUnavailableError, () => busy('unavailable', true)],
  [MissingBlobError, () => busy('unavailable', true)],
  [KeyUnavailableError, () => busy('unavailable', true)],
  [UserErasedError, () => ({ code: 'session_ended', isOurs: false })],
  [EventIdConflictError, () => ({ code: 'idempotency_conflict', isOurs: false })],
];

/** Answers what an error means to the caller. An unexpected one is an `internal_error`, without a word of why. */
export const failureOf = (error: unknown): Failure => {
  const found = meanings.find(([kind]) => error instanceof kind);
  return found ? found[1](error as never) : { code: 'internal_error', isOurs: true };
};
