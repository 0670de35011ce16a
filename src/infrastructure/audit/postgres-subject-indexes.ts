import type pg from 'pg';
import type { SubjectBucket, SubjectIndexes } from '../../application/ports/subject-indexes.js';
import { inTransaction } from '../postgres/transaction.js';
import * as sql from './subject-indexes.sql.js';

const HASH_BYTES = 32;

interface FoundRow {
  readonly roots: Buffer;
  /** Null where the bucket is empty. */
  readonly labels: Buffer | null;
  readonly leaves: readonly (readonly number[])[] | null;
}

const hashesIn = (bytes: Buffer): Buffer[] =>
  Array.from({ length: bytes.length / HASH_BYTES }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));

const rowsOf = (buckets: readonly SubjectBucket[]) => {
  const filled = buckets
    .map(({ subjects }, bucket) => ({ bucket, subjects }))
    .filter(({ subjects }) => subjects.length > 0);
  return [
    filled.map(({ bucket }) => bucket),
    filled.map(({ subjects }) => Buffer.concat(subjects.map(({ label }) => label))),
    filled.map(({ subjects }) => JSON.stringify(subjects.map(({ leaves }) => leaves))),
  ] as const;
};

/** Keeps indexes of subjects in PostgreSQL. */
export const createSubjectIndexes = (pool: pg.Pool): SubjectIndexes => ({
  keep: async ({ begin, end }, buckets) => {
    const client = await pool.connect();
    try {
      await inTransaction(client, async () => {
        await client.query(sql.FORGET, [begin]);
        await client.query(sql.KEEP, [begin, end, Buffer.concat(buckets.map(({ root }) => root))]);
        await client.query(sql.KEEP_BUCKETS, [begin, ...rowsOf(buckets)]);
      });
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  },
  find: async ({ begin, end }, bucket) => {
    const { rows } = await pool.query<FoundRow>({ ...sql.FIND, values: [begin, end, bucket] });
    const [row] = rows;
    if (!row) return undefined;
    const leaves = row.leaves ?? [];
    const labels = row.labels === null ? [] : hashesIn(row.labels);
    return { roots: hashesIn(row.roots), subjects: labels.map((label, at) => ({ label, leaves: leaves[at] ?? [] })) };
  },
});
