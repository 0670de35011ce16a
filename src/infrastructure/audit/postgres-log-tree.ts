import type pg from 'pg';
import type { LogTree, LogTreeHead, TreeHalt } from '../../application/ports/tree-store.js';
import { emptyRoot } from '../../domain/audit/merkle-tree.js';
import { TILE_WIDTH } from '../../domain/audit/tiles.js';
import type { Position } from '../../domain/kernel/ids.js';
import { decodePositions, indexOfPosition } from './leaf-positions.js';
import { sha256 } from './sha256.js';
import * as sql from './tree.sql.js';

/** The largest position that the database has room for. */
const LARGEST = 2n ** 63n - 1n;
const NONE = new Uint8Array();

export interface HeadRow {
  readonly size: string;
  readonly position: Position;
  readonly root: Buffer | null;
}

export const headOf = ({ size, position, root }: HeadRow): LogTreeHead => ({
  size: Number(size),
  position,
  root: root ?? emptyRoot(sha256),
});

const firstRow = async <Row extends object>(
  pool: pg.Pool,
  query: string | pg.QueryConfig,
  values?: unknown[],
): Promise<Row | undefined> => (await pool.query<Row>(query as pg.QueryConfig, values)).rows[0];

export const findHalt = (pool: pg.Pool): Promise<TreeHalt | undefined> => firstRow(pool, sql.FIND_HALT);

/** Halts the tree for all nodes; answers whether it was not halted before. */
export const haltTree = async (pool: pg.Pool, reason: string): Promise<boolean> =>
  (await pool.query(sql.HALT_ALL, [reason])).rowCount === 1;

/** Lets the tree be added to again; answers whether it was halted. */
export const resumeTree = async (pool: pg.Pool): Promise<boolean> => (await pool.query(sql.RESUME)).rowCount === 1;

/** A tree as it is kept in PostgreSQL, for reading: that of this log, unless another is named. */
export const createLogTree = (pool: pg.Pool, place = sql.OWN_TREE): LogTree => {
  const ask = sql.questionsTo(place);
  return {
    head: async () => {
      const row = await firstRow<HeadRow>(pool, ask.head);
      if (!row) throw new Error('audit.tree has no row: restore it');
      return headOf(row);
    },
    halt: () => findHalt(pool),
    tiles: async (ids) => {
      const values = [ids.map(({ level }) => level), ids.map(({ index }) => index)];
      const { rows } = await pool.query<{ hashes: Buffer | null }>({ ...ask.tiles, values });
      return rows.map(({ hashes }) => hashes ?? NONE);
    },
    indexOf: async (position) => {
      if (BigInt(position) > LARGEST) return undefined;
      const row = await firstRow<{ tile: string; positions: Buffer }>(pool, { ...ask.leavesAt, values: [position] });
      const at = row ? indexOfPosition(row.positions, position) : -1;
      return row && at >= 0 ? Number(row.tile) * TILE_WIDTH + at : undefined;
    },
    positions: async (begin, end) => {
      const [first, last] = [Math.floor(begin / TILE_WIDTH), Math.floor((end - 1) / TILE_WIDTH)];
      const { rows } = await pool.query<{ positions: Buffer }>({ ...ask.leavesBetween, values: [first, last] });
      const offset = first * TILE_WIDTH;
      return rows.flatMap(({ positions }) => decodePositions(positions)).slice(begin - offset, end - offset);
    },
  };
};
