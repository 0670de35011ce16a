import { hasReached, LOG_START } from '../../domain/kernel/position.js';
import type { Position } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { KeptCheckpoint } from '../ports/checkpoints.js';
import type { EventStore } from '../ports/event-store.js';
import type { LogTree } from '../ports/tree-store.js';
import { ProofPendingError } from './proof-pending.js';
import { signCheckpoint, type SignCheckpointParts } from './sign-checkpoint.js';

const ASK_AGAIN_MS = 50;
/** How long a proof is waited for. */
const LONGEST_MS = 4_000;
/** Heads are signed on demand so often at most, for all who ask together. */
const SIGNED_EVERY_MS = 500;

export interface CoveringParts extends SignCheckpointParts {
  readonly tree: Pick<LogTree, 'head' | 'tiles' | 'indexOf' | 'halt'>;
  readonly events: Pick<EventStore, 'head'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Asks until there is an answer. Raises `ProofPendingError` where none comes in time, or none can come. */
const until = async <Answer>(
  { now, pause, tree }: CoveringParts,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> => {
  for (const deadline = now() + LONGEST_MS; ;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (now() >= deadline || (await tree.halt())) throw new ProofPendingError('no signed head covers the event yet');
    await pause(ASK_AGAIN_MS);
  }
};

/** Finds leaves, and the signed heads that cover them. Newer ones are waited for shortly. */
export const coveringCheckpoint = (parts: CoveringParts) => {
  const { tree, events, checkpoints, now } = parts;

  /** Answers the number of an event's leaf. Rejects `audit_event_not_found` where the log has none at this position. */
  const findLeaf = async (position: Position): Promise<number> => {
    const [head, known] = await Promise.all([events.head(), tree.indexOf(position)]);
    const isThere = position !== LOG_START && hasReached(head, position);
    if (!isThere) reject('audit_event_not_found');
    if (known !== undefined) return known;
    return until(parts, async () => {
      const grown = await tree.head(); // asked first: the tree may take the event in between the two questions
      const index = await tree.indexOf(position);
      if (index !== undefined) return index;
      // The tree has come further: there is a gap between positions, and no event.
      return hasReached(grown.position, position) ? reject('audit_event_not_found') : undefined;
    });
  };

  /** Waits until the tree has every event up to a position, which the log has. Raises `ProofPendingError`. */
  const untilGrown = (position: Position): Promise<true> =>
    until(parts, async () => (hasReached((await tree.head()).position, position) ? true : undefined));

  const isNew = ({ signedAt }: KeptCheckpoint): boolean => now() - Date.parse(signedAt) < SIGNED_EVERY_MS;

  let signing: ReturnType<typeof signCheckpoint> | undefined;
  /**
   * Signs once for all who wait on this node. Whoever waits for the lock of signing keeps a connection, and whoever has it needs
   * another one: twenty who asked at once kept all of them, and nobody else was answered.
   */
  const signForAll = (): ReturnType<typeof signCheckpoint> => {
    signing ??= signCheckpoint(parts, (_, before) => before === undefined || !isNew(before)).finally(() => {
      signing = undefined;
    });
    return signing;
  };

  /** Answers the last signed head, which is of more leaves than this. One is signed where there is none. */
  const covering = (index: number): Promise<KeptCheckpoint> =>
    until(parts, async () => {
      const last = await checkpoints.last();
      if (last && last.size > index) return last;
      if ((last && isNew(last)) || (await tree.halt())) return undefined;
      const signed = await signForAll();
      return signed && signed.size > index ? signed : undefined;
    });

  return { findLeaf, untilGrown, covering };
};
