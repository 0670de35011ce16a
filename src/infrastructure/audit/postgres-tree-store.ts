import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import {
  TreeLostError,
  type HeldTree,
  type TreeAddition,
  type TreeHalt,
  type TreeStore,
} from '../../application/ports/tree-store.js';
import { edgeOf } from '../../domain/audit/tiles.js';
import { byTile, encodePositions } from './leaf-positions.js';
import { createLogTree, findHalt, headOf, type HeadRow } from './postgres-log-tree.js';
import * as sql from './tree.sql.js';

const HASH_BYTES = 32;
const RENEW_EVERY_MS = sql.LEASE_MS / 4;

const lost = (): TreeLostError => new TreeLostError('another node adds to the tree');

/** The tree in PostgreSQL. A lease keeps other nodes from doing the same work; that each addition names the size that it found keeps it whole. */
export class PostgresTreeStore implements TreeStore {
  readonly #pool: pg.Pool;
  readonly #holder = randomUUID();
  #size = 0;
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async acquire(): Promise<HeldTree | TreeHalt | undefined> {
    const { rows } = await this.#pool.query<HeadRow>(sql.ACQUIRE, [this.#holder]);
    const [row] = rows;
    if (!row) return findHalt(this.#pool);
    const head = headOf(row);
    this.#size = head.size;
    this.#renewedAt = performance.now();
    const edge = edgeOf(head.size);
    const tiles = await createLogTree(this.#pool).tiles(edge);
    return { ...head, edge: tiles.map((hashes, at) => hashes.subarray(0, (edge[at]?.width ?? 0) * HASH_BYTES)) };
  }

  async renew(): Promise<void> {
    if (performance.now() - this.#renewedAt < RENEW_EVERY_MS) return;
    const { rowCount } = await this.#pool.query(sql.RENEW, [this.#holder, this.#size]);
    if (rowCount !== 1) throw lost();
    this.#renewedAt = performance.now();
  }

  async add({ from, head, tiles, positions }: TreeAddition): Promise<void> {
    const leaves = byTile(from, positions);
    const values = [
      ...[this.#holder, from, head.size, head.position, head.root],
      ...[tiles.map(({ level }) => level), tiles.map(({ index }) => index), tiles.map(({ hashes }) => hashes)],
      leaves.map(({ tile }) => tile),
      leaves.map((each) => each.positions[0]),
      leaves.map((each) => encodePositions(each.positions)),
    ];
    const { rows } = await this.#pool.query<{ moved: boolean }>({ ...sql.ADD, values });
    if (rows[0]?.moved !== true) throw lost();
    this.#size = head.size;
    this.#renewedAt = performance.now();
  }

  async halt(reason: string): Promise<boolean> {
    return (await this.#pool.query(sql.HALT, [this.#holder, reason])).rowCount === 1;
  }

  async release(): Promise<void> {
    await this.#pool.query(sql.RELEASE, [this.#holder]);
  }
}
