import type pg from 'pg';
import type { HeldTree } from '../../src/application/ports/tree-store.js';
import { growTree, rootOfEdge } from '../../src/domain/audit/tiles.js';
import type { Position } from '../../src/domain/kernel/ids.js';
import { PostgresTreeStore } from '../../src/infrastructure/audit/postgres-tree-store.js';
import { sha256 } from '../../src/infrastructure/audit/sha256.js';

/** Puts so many leaves more under the tree of a database. Another seed makes other leaves. */
export const growTreeOf = async (pool: pg.Pool, leaves: number, seed = ''): Promise<void> => {
  const store = new PostgresTreeStore(pool);
  const held = (await store.acquire()) as HeldTree;
  const numbers = Array.from({ length: leaves }, (_, n) => held.size + n + 1);
  const hashes = numbers.map((n) => sha256(Buffer.from(`${seed}${n}`)));
  const { size, edge, tiles } = growTree(sha256, held.size, held.edge, hashes);
  const positions = numbers.map((n) => String(n) as Position);
  const head = { size, position: positions.at(-1) as Position, root: rootOfEdge(sha256, edge) };
  await store.add({ from: held.size, head, tiles, positions });
  await store.release();
};

/** Empties the tree, as somebody does who wants to write another history. */
export const startTreeAnew = async (pool: pg.Pool): Promise<void> => {
  await pool.query(`
    truncate audit.tiles, audit.leaves;
    update audit.tree set size = 0, position = 0, root = null`);
};
