import type { Position, UserId } from '../../domain/kernel/ids.js';
import { comparePositions, hasReached, LOG_START } from '../../domain/kernel/position.js';
import { resyncOf } from './frames/resync-frame.js';
import { missedBySource, type Keep, type Missed, type MissedParts, type Placed } from './missed.js';

/** The most bytes of text that a resume sends: all of it is in memory until it has been sent. */
export const MAX_RESUMED_TEXT_BYTES = 8 * 1024 * 1024;

/** An erasure changes many messages at one position: a client that breaks off behind one of them would lose the others. */
const haveSharedPosition = (frames: readonly Placed[]): boolean => {
  const positions = frames.flatMap(({ position }) => position ?? []);
  return new Set(positions).size < positions.length;
};

/** The socket that resumes. */
export interface Resuming<Kept extends Placed> {
  readonly isOver: () => boolean;
  /** It is called of many frames that are sent to nobody, if there are too many. */
  readonly keep: Keep<Kept>;
}

/** Reads the frames that a viewer missed between two positions. It asks the read models, never the log. */
export const missedFrames = (parts: MissedParts) => {
  const { conversations, maxFrames, maxTextBytes } = parts;
  const sources = Object.values(missedBySource(parts));

  const startAnew = async (viewer: UserId, after: Position, upTo: Position) => {
    const unseen = await conversations.unseenSince(viewer, after);
    const left = await conversations.leftSince(viewer, after);
    const content = resyncOf({ since: after, position: upTo, conversations: unseen, left });
    return { position: upTo, content };
  };

  /** Asks one question after another, so that a resume takes one connection, and no more once the socket is gone. */
  return async <Kept extends Placed>(
    viewer: UserId,
    after: Position,
    upTo: Position,
    { isOver, keep }: Resuming<Kept>,
  ): Promise<Kept[]> => {
    const missed: Missed<Kept>[] = [];
    for (const find of sources) {
      missed.push(await find(viewer, after, keep));
      if (isOver()) return [];
    }
    const sumOf = (field: 'count' | 'textBytes') => missed.reduce((sum, each) => sum + each[field], 0);
    if (sumOf('count') > maxFrames || sumOf('textBytes') > maxTextBytes)
      return [keep(await startAnew(viewer, after, upTo))];
    const frames = await Promise.all(missed.map((each) => each.frames()));
    // Frames behind this position come as live frames.
    const told = frames.flat().filter(({ position }) => hasReached(upTo, position ?? LOG_START));
    if (haveSharedPosition(told)) return [keep(await startAnew(viewer, after, upTo))];
    return told.sort((one, other) => comparePositions(one.position ?? LOG_START, other.position ?? LOG_START));
  };
};
