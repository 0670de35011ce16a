import type { MongoBulkWriteError, MongoServerError } from 'mongodb';
import { DatabaseUnavailableError } from '../../application/ports/database-unavailable.js';
import { loadedDriver } from './load-driver.js';

const DUPLICATE_KEY = 11000;

/** Answers of a server that cannot serve now, by their names in MongoDB's list of error codes. */
const TRANSIENT = new Set([
  6, // HostUnreachable
  7, // HostNotFound
  43, // CursorNotFound: the server was started again
  50, // MaxTimeMSExpired
  64, // WriteConcernFailed
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  112, // WriteConflict
  133, // FailedToSatisfyReadPreference
  175, // QueryPlanKilled
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  237, // CursorKilled
  262, // ExceededTimeLimit
  9001, // SocketException
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
]);

/** Answers of a server that does not let this user in, or not do what it does. */
const NOT_ALLOWED = new Set([
  13, // Unauthorized
  18, // AuthenticationFailed
  8000, // AtlasError: so the hosted one says that a log-in failed
]);

const isServerError = (error: unknown): error is MongoServerError => {
  const driver = loadedDriver();
  return driver !== undefined && error instanceof driver.MongoServerError;
};

const isBulkError = (error: unknown): error is MongoBulkWriteError => {
  const driver = loadedDriver();
  return driver !== undefined && error instanceof driver.MongoBulkWriteError;
};

/** Answers the code of an error that the server has answered with. */
export const serverErrorCode = (error: unknown): number | string | undefined =>
  isServerError(error) ? error.code : undefined;

const isNotAllowed = (error: unknown): boolean => {
  const code = serverErrorCode(error);
  return typeof code === 'number' && NOT_ALLOWED.has(code);
};

/** Says whether the driver did not send the request: it would not send the same later either. */
const isRefusedByDriver = (error: unknown): boolean => {
  const driver = loadedDriver();
  const kinds = driver ? [driver.MongoInvalidArgumentError, driver.BSON.BSONError] : [];
  return [...kinds, TypeError].some((kind) => error instanceof kind);
};

/** Says whether what a bulk has written may be rolled back: not enough servers have it yet. */
const isUnsafe = (error: unknown): boolean => isBulkError(error) && error.result.getWriteConcernError() !== undefined;

/** Says whether the server has refused the request for what is in it: the same would be refused again. */
const isRefusal = (error: unknown): boolean => {
  if (isUnsafe(error)) return false;
  // A bulk whose server was lost in the middle has no code.
  if (isServerError(error))
    return typeof error.code === 'number' && !TRANSIENT.has(error.code) && !NOT_ALLOWED.has(error.code);
  return isRefusedByDriver(error);
};

/**
 * Carries out a request. It raises `DatabaseUnavailableError` where the same may succeed later: a lost server shows as errors
 * of many classes, some of them plain ones. A user without rights is given them, without a start of this server.
 */
export const asked = async <Answer>(request: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await request();
  } catch (error) {
    if (isRefusal(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const what = isNotAllowed(error)
      ? 'MongoDB refuses the user of MONGODB_URL (its name, its password, its rights, authSource)'
      : 'MongoDB is out of reach';
    throw new DatabaseUnavailableError(`${what}: ${reason}`, { cause: error });
  }
};

/** Says whether a document of this key is there already. */
export const isDuplicate = (error: unknown): boolean => serverErrorCode(error) === DUPLICATE_KEY;

/** Answers the places of the documents that were there already; undefined where an insert failed for another reason, too. */
export const duplicatesOf = (error: unknown): readonly number[] | undefined => {
  if (!isBulkError(error) || isUnsafe(error)) return undefined;
  const errors = [error.writeErrors].flat();
  const isExplained = errors.length > 0 && errors.every(({ code }) => code === DUPLICATE_KEY);
  return isExplained ? errors.map(({ index }) => index) : undefined;
};
