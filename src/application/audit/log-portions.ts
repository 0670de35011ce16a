import type { TreeHash } from '../../domain/audit/merkle-tree.js';
import type { Position } from '../../domain/kernel/ids.js';
import { batchesOf } from '../kernel/batches-of.js';
import { readAhead } from '../kernel/read-ahead.js';
import type { RawEvent, RawLog } from '../ports/raw-log.js';
import type { LogTree } from '../ports/tree-store.js';
import { leafHashes } from './leaf-hashes.js';

/** So many events are hashed and compared at a time. */
const AT_ONCE = 2_048;

/** Events that follow one another, and what the tree has in their places; less where it has fewer leaves. */
export interface LogPortion {
  readonly events: readonly RawEvent[];
  readonly positions: readonly Position[];
  readonly leaves: readonly TreeHash[];
}

export interface LogPortionParts {
  readonly log: Pick<RawLog, 'readAll'>;
  readonly tree: Pick<LogTree, 'positions' | 'tiles'>;
}

async function* withLeaves(
  tree: LogPortionParts['tree'],
  batches: AsyncIterable<readonly RawEvent[]>,
): AsyncGenerator<LogPortion> {
  let begin = 0;
  for await (const events of batches) {
    const end = begin + events.length;
    const [positions, leaves] = await Promise.all([tree.positions(begin, end), leafHashes(tree, begin, end)]);
    yield { events, positions, leaves };
    begin = end;
  }
}

/**
 * Reads the log up to a position in portions, with the leaves of the tree from its first one on. The next portion is read while
 * the one before is hashed, and the events behind it while its leaves are asked for.
 */
export const logPortions = ({ log, tree }: LogPortionParts, upTo: Position): AsyncGenerator<LogPortion> =>
  readAhead(withLeaves(tree, readAhead(batchesOf(log.readAll({ upTo }), AT_ONCE))));
