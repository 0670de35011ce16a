import type pg from 'pg';
import type { Checkpoints, KeptCheckpoint, LogKey } from '../../application/ports/checkpoints.js';
import type { ListFormerLogs } from '../../application/ports/former-logs.js';
import type { RawEvent, RawLog } from '../../application/ports/raw-log.js';
import type { LogTree } from '../../application/ports/tree-store.js';
import { ED25519 } from '../../domain/audit/signed-note.js';
import { LOG_START } from '../../domain/kernel/position.js';
import type { Position } from '../../domain/kernel/ids.js';
import { namedPosition } from '../moving/position-map.js';
import { createLogTree } from './postgres-log-tree.js';
import { formerTree } from './tree.sql.js';

/** So many positions are asked for at a time. */
const AT_ONCE = 2_048;

interface Mapping {
  readonly tree: Pick<LogTree, 'indexOf'>;
  readonly former: Pick<LogTree, 'head' | 'positions'>;
}

interface Parts extends Mapping {
  readonly log: Pick<RawLog, 'readAll'>;
}

/** Answers where an event stood that the copy has at this position. */
const formerPosition = async ({ tree, former }: Mapping, position: Position): Promise<Position> => {
  const index = position === LOG_START ? undefined : await tree.indexOf(position);
  const [found = position] = index === undefined ? [] : await former.positions(index, index + 1);
  return found;
};

/** Answers an event of the copy as it was in the log that was copied. */
const asItWas = async (parts: Mapping, event: RawEvent, position: Position): Promise<RawEvent> => {
  const named = namedPosition(event);
  return { ...event, position, ...(named && { data: named.renamed(await formerPosition(parts, named.position)) }) };
};

/** Gives the events of a copy as they were in the log that was copied, as far as the tree of that one goes. */
export const eventsAsTheyWere = async function* (parts: Parts): AsyncGenerator<RawEvent> {
  const { size } = await parts.former.head();
  let [index, known]: [number, readonly Position[]] = [0, []];
  for await (const event of parts.log.readAll()) {
    if (index === size) return;
    if (index % AT_ONCE === 0) known = await parts.former.positions(index, Math.min(size, index + AT_ONCE));
    yield await asItWas(parts, event, known[index % AT_ONCE] ?? event.position);
    index += 1;
  }
};

/** The name of a log that this one is a copy of, and its number. */
export interface FormerName {
  readonly number: number;
  readonly origin: string;
}

const LIST = 'select number, origin from audit.former_logs order by number desc';

/** Lists the logs that this one is a copy of, the one that was copied last first. */
export const listFormerNames = async (pool: pg.Pool): Promise<readonly FormerName[]> =>
  (await pool.query<FormerName>(LIST)).rows;

/** The tree of a log that this one is a copy of. */
export const treeOfFormer = (pool: pg.Pool, { number }: FormerName): LogTree => createLogTree(pool, formerTree(number));

const KEYS = `
  select number, public_key as "publicKey", from_size::float8 as "fromSize", until_size::float8 as "untilSize", made_at as "madeAt"
    from audit.former_keys where log = $1 order by number`;
const CHECKPOINTS =
  'select size::float8 as size, root, note, signed_at as "signedAt" from audit.former_checkpoints where log = $1';
const LAST = `${CHECKPOINTS} order by size desc limit 1`;
const AFTER = `${CHECKPOINTS} and size > $2 and size <= $3 order by size limit 500`;

/** The signed heads of a log that this one is a copy of. */
export const checkpointsOfFormer = (
  pool: pg.Pool,
  { number, origin }: FormerName,
): Pick<Checkpoints, 'origin' | 'keys' | 'last' | 'after'> => ({
  origin,
  keys: async () => {
    const { rows } = await pool.query<Omit<LogKey, 'key'> & { publicKey: Buffer }>(KEYS, [number]);
    return rows.map(({ publicKey, ...row }) => ({ ...row, key: { name: origin, kind: ED25519, publicKey } }));
  },
  last: async () => (await pool.query<KeptCheckpoint>(LAST, [number])).rows[0],
  after: async (size, upTo) => (await pool.query<KeptCheckpoint>(AFTER, [number, size, upTo])).rows,
});

/** Answers how the logs are listed that this one is a copy of. */
export const formerLogsIn =
  (pool: pg.Pool, tree: Pick<LogTree, 'indexOf'>): ListFormerLogs =>
  async () =>
    (await listFormerNames(pool)).map((name) => {
      const former = treeOfFormer(pool, name);
      return {
        ...checkpointsOfFormer(pool, name),
        tree: former,
        asItWas: (event, position) => asItWas({ tree, former }, event, position),
      };
    });
