import type { Work } from '../consumers/consumers.js';
import type { KeptCheckpoint } from '../ports/checkpoints.js';
import type { LogTreeHead } from '../ports/tree-store.js';
import { signCheckpoint, type SignCheckpointParts } from './sign-checkpoint.js';
import { TreeFault } from './tree-fault.js';

const LOOK_AGAIN_MS = 1_000;

export interface KeepCheckpointsParts extends SignCheckpointParts {
  readonly checkpoints: SignCheckpointParts['checkpoints'];
  /** A head is signed that has so many leaves more than the one before, */
  readonly everyEvents: number;
  /** or that is larger and comes so many seconds later. */
  readonly everySeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Halts the tree for all nodes, and raises the alarm. */
  readonly onFault: (reason: string) => Promise<void>;
  readonly isHalted: () => Promise<boolean>;
}

/** Says whether a head is due to be signed, by how many events and how much time lie behind the last one. */
export const isDueBy =
  ({ everyEvents, everySeconds, now }: Pick<KeepCheckpointsParts, 'everyEvents' | 'everySeconds' | 'now'>) =>
  (head: LogTreeHead, last: KeptCheckpoint | undefined): boolean =>
    last === undefined ||
    head.size - last.size >= everyEvents ||
    now() - Date.parse(last.signedAt) >= everySeconds * 1_000;

/** Signs the head of the tree again and again, until the signal. It signs nothing while the tree is halted. */
export const keepCheckpoints = (parts: KeepCheckpointsParts): Work => {
  const isDue = isDueBy(parts);
  const look = async (): Promise<void> => {
    const [head, last] = [await parts.tree.head(), await parts.checkpoints.last()];
    if (head.size === last?.size || !isDue(head, last) || (await parts.isHalted())) return;
    try {
      await signCheckpoint(parts, isDue);
    } catch (error) {
      if (!(error instanceof TreeFault)) throw error;
      await parts.onFault(error.message);
    }
  };
  return async (consumer, signal) => {
    while (!signal.aborted) {
      await look();
      consumer.alive();
      await parts.sleep(LOOK_AGAIN_MS, signal);
    }
  };
};
