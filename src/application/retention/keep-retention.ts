import { LOG_START } from '../../domain/kernel/position.js';
import type { Position } from '../../domain/kernel/ids.js';
import { distinctDays } from '../../domain/retention/decider.js';
import type { Work } from '../consumers/consumers.js';
import type { StandingHolds } from '../holds/standing-holds.js';
import type { CommandContext } from '../kernel/command-context.js';
import { ProjectionLaggingError } from '../kernel/read-your-writes.js';
import type { ExpiredPortion, ExpireMessages } from './expire-messages.js';
import type { RetentionRules } from './rules.js';

export interface KeepRetentionParts {
  readonly rules: RetentionRules;
  readonly holds: Pick<StandingHolds, 'current'>;
  readonly expireMessages: ExpireMessages;
  readonly newContext: () => CommandContext<null>;
  /** Works unless another node is at it; says whether it has. */
  readonly alone: (work: () => Promise<void>) => Promise<boolean>;
  readonly everySeconds: number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Called after each portion. */
  readonly onPortion: (portion: ExpiredPortion) => void;
}

const MILLISECONDS = 1_000;

/** Has messages and files go whose time is over, round after round, on one node at a time, until the signal. */
export const keepRetention = (parts: KeepRetentionParts): Work => {
  const { rules, holds, newContext } = parts;
  /** Up to where all is done, by days, as long as rules are the same and no hold is lifted. A node that has just begun looks through all. */
  const done = new Map<number, Position>();
  let seen = '';

  /** What was kept before may have to go now: by another rule, or because a hold was lifted. */
  const daysToApply = async (): Promise<readonly number[]> => {
    const [ruled, held] = [await rules(), await holds.current()];
    const now = `${ruled.revision} ${held.state.lifted}`;
    if (now !== seen) done.clear();
    seen = now;
    return distinctDays(ruled.state);
  };

  return async (consumer, signal) => {
    const round = async (): Promise<void> => {
      for (const days of await daysToApply()) {
        const onPortion = (portion: ExpiredPortion): void => {
          done.set(days, portion.reached);
          parts.onPortion(portion);
          consumer.alive();
          signal.throwIfAborted();
        };
        await parts.expireMessages({ days, after: done.get(days) ?? LOG_START, newContext, onPortion });
      }
    };
    const roundInTime = (): Promise<void> =>
      round().catch((error: unknown) => {
        // Whether a file is still shown is not known yet: the next round goes on there.
        if (!(error instanceof ProjectionLaggingError)) throw error;
      });
    while (!signal.aborted) {
      await parts.alone(roundInTime);
      consumer.alive();
      await parts.sleep(parts.everySeconds * MILLISECONDS, signal);
    }
  };
};
