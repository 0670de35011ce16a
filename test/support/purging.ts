import type pg from 'pg';
import { LOCK_NOT_AVAILABLE } from '../../src/infrastructure/postgres/sql-state.js';
import { purgeErased } from '../../src/infrastructure/security/purge-erased.js';
import { eventually } from './eventually.js';

/** Lets tables be rewritten at once, although they were rewritten a moment ago. */
export const endPauseOf = (pool: pg.Pool) => pool.query('update security.erasures set purge_after = null');

/**
 * Resolves once a purge has failed because another session holds the table that it would rewrite. A purge tries nothing
 * while a transaction of another test, in its own database, is older than the erasure.
 */
export const untilPurgeFails = (pool: pg.Pool) =>
  eventually(
    async () => {
      await endPauseOf(pool);
      return purgeErased(pool).then(
        () => undefined,
        (error: unknown) => (error as { readonly code?: unknown }).code,
      );
    },
    (code) => code === LOCK_NOT_AVAILABLE,
  );
