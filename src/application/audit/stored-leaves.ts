import type { Sha256Of } from '../../domain/audit/merkle-tree.js';
import type { Position } from '../../domain/kernel/ids.js';
import type { RawEvent, RawLog } from '../ports/raw-log.js';
import { leafOf } from './leaf-of.js';

/** Answers the event that the log has at a position; undefined where there is none. */
export const findStoredEvent = async (
  log: Pick<RawLog, 'readAll'>,
  position: Position,
): Promise<RawEvent | undefined> => {
  for await (const event of log.readAll({ upTo: position, direction: 'backwards', limit: 1 }))
    return event.position === position ? event : undefined;
  return undefined;
};

/** Answers the leaves of the events at these positions, which follow one another in the log. */
export const storedLeaves = async (
  log: Pick<RawLog, 'readAll'>,
  sha256: Sha256Of,
  positions: readonly Position[],
): Promise<Uint8Array[]> => {
  const [first, last] = [positions[0], positions.at(-1)];
  if (first === undefined || last === undefined) return [];
  const wanted = new Set(positions);
  const leaves: Uint8Array[] = [];
  for await (const event of log.readAll({ upTo: last, direction: 'backwards', limit: positions.length }))
    if (wanted.has(event.position)) leaves.push(leafOf(sha256, event));
  return leaves.reverse();
};
