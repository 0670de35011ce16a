import type { StreamId } from '../../../domain/kernel/ids.js';

/** What is looked at in an error of the client: its classes set `type`, gRPC sets `code`; `name` is always "Error". */
interface ClientError extends Error {
  readonly type?: string;
  readonly code?: number;
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
  'unknown', // "Server Is Not Ready" and connections that break come as this
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
