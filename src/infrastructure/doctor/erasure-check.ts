import type pg from 'pg';
import type { RawLog } from '../../application/ports/raw-log.js';
import { createErasedKeys, pendingErasures } from '../security/erased-keys.js';
import { destroyedKeys, type DestroyedKeys } from '../security/purge-erased.js';
import { failure, ok, warning, type Check } from './outcome.js';

const adviceOnWaiting = ({ pausedUntil, heldBy }: DestroyedKeys): string => {
  const when = pausedUntil === null ? 'within a minute' : `within a minute after ${pausedUntil}`;
  const removes = `a running server removes it ${when}, once the read models have forgotten them`;
  return heldBy === null
    ? removes
    : `${removes} and no transaction is open that began before; the oldest is ${heldBy}: end it`;
};

const tooLarge = (tables: readonly string[]): string =>
  tables.length === 0
    ? ''
    : `. ${tables.join(', ')} ${tables.length === 1 ? 'is' : 'are'} too large to be written anew while users wait: what stood ` +
      `there of erased users stays in the files until it is overwritten, or until you vacuum full`;

/** Checks that the keys of erased users are destroyed, and where something of them may still be. */
export const checkErasures =
  (pool: pg.Pool, log: Pick<RawLog, 'readAll'> | undefined): Check =>
  async () => {
    if (!log) return failure('the log cannot be read, so nobody knows who is erased', 'see what is said of the log');
    const pending = await pendingErasures(createErasedKeys(pool), log);
    if (pending > 0)
      return failure(`the keys of ${pending} erased users are not destroyed yet`, 'is a server running? see its log');
    const destroyed = await destroyedKeys(pool);
    const { count, lastAt, waiting, large } = destroyed;
    if (count === 0) return ok('no user has been erased');
    const detail =
      `the keys of ${count} erased users are destroyed, the last one at ${lastAt}; back-ups of the database and write-ahead ` +
      `log from before that time may still hold them, with which MASTER_KEY opens what was erased, and read models in ` +
      `plain text${tooLarge(large)}`;
    if (waiting === 0) return ok(`${detail}. Keep none of them longer than your promise to erase allows`);
    return warning(
      `${detail}. Of ${waiting} of these users, the key or what a read model held is still in the files of the database`,
      adviceOnWaiting(destroyed),
    );
  };
