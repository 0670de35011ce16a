import { AppendTooLargeError } from '../../../application/ports/event-store.js';
import type { StreamId } from '../../../domain/kernel/ids.js';

/**
 * What is looked at in an error of the client: its classes set `type`, gRPC sets `code`; `name` is always "Error". The error of gRPC
 * that the client was given is in `_raw`; those of reads, which go over other connections, have no such metadata.
 */
interface ClientError extends Error {
  readonly type?: string;
  readonly code?: number;
  readonly _raw?: { readonly metadata?: { readonly get?: (key: string) => readonly (string | Buffer)[] } };
}

/** A stream was not as a check expected it: `actual` is its last revision. */
export interface Violation {
  readonly streamName: StreamId;
  readonly actualState: bigint | string;
}

/** The server has not answered in time. What became of the call is not known. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** The server may answer the same call another time. */
const TRANSIENT_TYPES: ReadonlySet<string> = new Set([
  'unavailable',
  'deadline-exceeded',
  'timeout',
  'cancelled',
  'not-leader', // the client turns to the leader that the error names
  // "Server Is Not Ready" and connections that break come as this. So does RESOURCE_EXHAUSTED: gRPC itself says so of a connection that is
  // told to slow down. The server never does: one that is overloaded is unavailable, and it reads an append of any size to refuse it.
  'unknown',
]);

/** gRPC's codes of calls that fail whenever they are made: the client calls some of them unknown too. */
const PERMANENT_CODES: ReadonlySet<number> = new Set([
  3, // INVALID_ARGUMENT
  7, // PERMISSION_DENIED
  9, // FAILED_PRECONDITION
  11, // OUT_OF_RANGE
  12, // UNIMPLEMENTED
  16, // UNAUTHENTICATED
]);

/** The metadata in which a server says more of an error: a `google.rpc.Status`. */
const STATUS_DETAILS = 'grpc-status-details-bin';
const NOT_LEADER = 'NotLeaderNodeErrorDetails';

/**
 * Answers what the server says of an error in which it names another node as the leader. It is a failed precondition with these
 * details, which the client takes for an unknown error: it knows the not-leader error of the older protocol alone.
 */
export const notLeaderDetails = (error: unknown): Buffer | undefined => {
  const [details] = (error as ClientError)._raw?.metadata?.get?.(STATUS_DETAILS) ?? [];
  return Buffer.isBuffer(details) && details.includes(NOT_LEADER) ? details : undefined;
};

/** gRPC's codes of errors that the client passes on as they are: those of the question for the server's features. */
const TRANSIENT_CODES: ReadonlySet<number> = new Set([
  1, // CANCELLED
  2, // UNKNOWN, with which a server says that it is not ready
  4, // DEADLINE_EXCEEDED
  14, // UNAVAILABLE
]);

/** Errors that have nothing but their message, each with the reason why there is no other way to tell them. */
const TRANSIENT_MESSAGES: readonly { readonly begins: string; readonly why: string }[] = [
  { begins: 'Failed to discover', why: 'a plain Error without a code: no node of a cluster has answered' },
  { begins: 'Channel has been shut down', why: 'a plain Error: the client closed its connection to open another one' },
];

/** Says whether the same call may succeed another time. An append may have been carried out all the same. */
export const isTransient = (error: unknown): boolean => {
  if (error instanceof NoAnswerError) return true;
  if (!(error instanceof Error)) return false;
  if (notLeaderDetails(error)) return true;
  const { type, code, message } = error as ClientError;
  if (code !== undefined && PERMANENT_CODES.has(code)) return false;
  if (type !== undefined) return TRANSIENT_TYPES.has(type);
  if (code !== undefined) return TRANSIENT_CODES.has(code);
  return TRANSIENT_MESSAGES.some(({ begins }) => message.startsWith(begins));
};

export const isStreamNotFound = (error: unknown): boolean => (error as ClientError).type === 'stream-not-found';

/** Answers the checks that failed; undefined where another error was raised. */
export const violationsOf = (error: unknown): readonly Violation[] | undefined => {
  const { type, violations } = error as ClientError & { readonly violations?: readonly Violation[] };
  return type === 'append-consistency-violation' ? violations : undefined;
};

/** The errors of an append that is larger than the server takes: in all, or one of its records. Nothing was written. */
const TOO_LARGE: ReadonlySet<string | undefined> = new Set([
  'transaction-max-size-exceeded',
  'append-record-size-exceeded',
]);

/** Answers the error of the port for an append that is too large; undefined where another error was raised. */
export const tooLargeOf = (error: unknown): AppendTooLargeError | undefined => {
  const { type, size, maxSize } = error as ClientError & { readonly size?: number; readonly maxSize?: number };
  if (!TOO_LARGE.has(type)) return undefined;
  const limits = 'MaxAppendSize and MaxAppendEventSize of the server';
  return new AppendTooLargeError(`KurrentDB takes ${maxSize} bytes at most, and was sent ${size}: see ${limits}`, {
    cause: error,
  });
};
