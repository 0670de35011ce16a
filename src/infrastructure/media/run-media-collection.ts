import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Consumer } from '../../application/consumers/consumer.js';
import type { Consumers } from '../../application/consumers/consumers.js';
import type { CommandContext } from '../../application/kernel/command-context.js';
import { secondsAfter } from '../../application/kernel/seconds-after.js';
import type { MediaUseCases } from '../../application/media/use-cases.js';
import type { Clock } from '../../application/ports/clock.js';
import type { Identifiers } from '../../application/ports/identifiers.js';
import type { ReleaseStack } from '../release-stack.js';
import { moveBlobFiles, type BlobMove } from './move-blob-files.js';

export interface CollectionParts {
  readonly useCases: Pick<MediaUseCases, 'collectUnattached' | 'removeOrphans'>;
  readonly identifiers: Identifiers;
  readonly clock: Clock;
  readonly keepSeconds: number;
  /** Where files are that are to be kept elsewhere. */
  readonly move?: BlobMove | undefined;
  readonly consumers: Consumers;
  readonly log: Logger;
  readonly releases: ReleaseStack;
}

const LOOK_AGAIN_MS = 5_000;
const QUIET_SECONDS = LOOK_AGAIN_MS / 1_000 + 1;
/** What was changed within this time may be about to be recorded. */
const ORPHAN_AFTER_SECONDS = 3_600;
const ORPHANS_EVERY_SECONDS = 3_600;
/** A long move says so often how far it is. */
const MOVED_AT_ONCE = 100;
const NAME = 'media collection';

const contextOf = (identifiers: Identifiers, clock: Clock): CommandContext<null> => {
  const commandId = identifiers.newCommandId();
  const ids = { commandId, correlationId: commandId, causationId: commandId };
  return { ...ids, actor: null, sessionId: null, now: clock(), address: NAME, claim: null };
};

/** Moves files to where they are to be kept, as long as there are some. */
const moveFiles = async (move: BlobMove, log: Logger, onMoved: () => void): Promise<void> => {
  let moved = 0;
  const total = await moveBlobFiles(move, {
    onMoved: () => {
      moved += 1;
      if (moved % MOVED_AT_ONCE === 0) log.info({ moved }, 'moving files to MongoDB');
      onMoved();
    },
    onFailed: ({ name }, error) => log.warn({ err: error, name }, 'a file could not be moved, trying again'),
  });
  if (total > 0) log.info({ moved: total }, 'moved files to MongoDB');
};

/** Removes files that nobody has sent in their time, and what belongs to no file, until it is released. */
export const runMediaCollection = (parts: CollectionParts): void => {
  const { useCases, identifiers, clock, keepSeconds, move, consumers, log, releases } = parts;
  const ending = new AbortController();
  const { signal } = ending;

  const onStep = (consumer: Consumer) => (): void => {
    consumer.alive();
    signal.throwIfAborted();
  };

  const collect = (consumer: Consumer): Promise<number> =>
    useCases.collectUnattached(secondsAfter(clock(), -keepSeconds), {
      newContext: () => contextOf(identifiers, clock),
      onFailed: (mediaId, error) => log.warn({ err: error, mediaId }, 'a file could not be removed, trying again'),
      onTried: onStep(consumer),
    });

  const removeOrphans = async (consumer: Consumer): Promise<void> => {
    const removed = await useCases.removeOrphans(secondsAfter(clock(), -ORPHAN_AFTER_SECONDS), () => consumer.alive());
    if (removed > 0) log.info({ removed }, 'removed what belongs to no file');
  };

  const work = async (consumer: Consumer): Promise<void> => {
    for (let orphansAt = clock(); !signal.aborted;) {
      if (move) await moveFiles(move, log, onStep(consumer));
      if (clock() >= orphansAt) {
        await removeOrphans(consumer);
        orphansAt = secondsAfter(clock(), ORPHANS_EVERY_SECONDS);
      }
      const removed = await collect(consumer);
      consumer.alive();
      if (removed === 0) await sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined); // The signal ends the pause.
    }
  };
  const running = consumers.run(NAME, signal, work, { quietSeconds: QUIET_SECONDS });
  releases.own(NAME, ending, async (it) => {
    it.abort();
    await running;
  });
};
