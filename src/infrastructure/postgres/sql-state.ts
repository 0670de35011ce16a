import { DatabaseOverloadedError } from '../../application/ports/database-overloaded.js';
import { DatabaseUnavailableError } from '../../application/ports/database-unavailable.js';
import { errorCode } from '../error-code.js';

/** SQLSTATEs that the code tells apart, by their names in the PostgreSQL manual. */
export const UNIQUE_VIOLATION = '23505';
export const READ_ONLY = '25006';
export const LOCK_NOT_AVAILABLE = '55P03';
const QUERY_CANCELED = '57014';

const TRANSIENT = new Set([
  LOCK_NOT_AVAILABLE,
  QUERY_CANCELED,
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
  '25006', // read_only_sql_transaction: a standby that is about to take over
]);

/** Connections, transactions that were rolled back for another's sake, resources (disk, memory, connections) and the system beneath: no event is to blame for these. */
const TRANSIENT_CLASSES = ['08', '40', '53', '58'];
const SOCKET_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETRESET',
  'ENOTCONN',
  'ENOBUFS',
  'EMFILE',
  'ENFILE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ENETUNREACH',
  'ENETDOWN',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** The driver gives these errors no code. */
const DRIVER_MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Client was closed|Query read timeout|timeout expired|Connection ended unexpectedly)/;

const isTranslated = (error: unknown): boolean =>
  error instanceof DatabaseOverloadedError || error instanceof DatabaseUnavailableError;

/**
 * Says whether the same work may succeed later: the connection was lost, a lock was taken, the server restarts, the
 * disk is full.
 */
export const isTransient = (error: unknown): boolean => {
  if (isTranslated(error)) return true;
  const code = errorCode(error);
  if (code === undefined) return error instanceof Error && DRIVER_MESSAGES.test(error.message);
  return TRANSIENT.has(code) || SOCKET_ERRORS.has(code) || TRANSIENT_CLASSES.includes(code.slice(0, 2));
};

const reasonOf = (error: unknown): string => {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return [code, message].filter(Boolean).join(' ');
};

/** Translates a transient error into that of the port, so that callers know that they may try again. */
export const translated = <Failure>(error: Failure): Failure | DatabaseUnavailableError =>
  isTransient(error) && !isTranslated(error)
    ? new DatabaseUnavailableError(`the database is out of reach: ${reasonOf(error)}`, { cause: error })
    : error;
