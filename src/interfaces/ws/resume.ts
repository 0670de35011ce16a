import { messageCursor } from '../../application/messages/message-cursor.js';
import type { Position, UserId } from '../../domain/kernel/ids.js';
import { comparePositions, hasReached, LOG_START } from '../../domain/kernel/position.js';
import { resync } from './frames/resync-frame.js';
import { missedBySource, type MissedParts, type MissedFrame } from './missed.js';

/** The most bytes of text that a resume sends: all of it is in memory until it has been sent. */
export const MAX_RESUMED_TEXT_BYTES = 8 * 1024 * 1024;

/** Reads the frames that a viewer missed between two positions. It asks the read models, never the log. */
export const missedFrames = (parts: MissedParts) => {
  const { conversations, maxFrames, maxTextBytes } = parts;
  const sources = Object.values(missedBySource(parts));

  const startAnew = async (viewer: UserId, after: Position, upTo: Position): Promise<MissedFrame[]> => {
    const unseen = await conversations.unseenSince(viewer, after);
    const left = await conversations.leftSince(viewer, after);
    const content = resync.of({
      position: upTo,
      since: after,
      conversations: unseen.map(({ conversationId, lastSeenSeq, areSeenChanged }) => ({
        conversationId,
        cursor: messageCursor(lastSeenSeq),
        changed: areSeenChanged,
      })),
      left,
    });
    return [{ position: upTo, content }];
  };

  /** Asks one question after another, so that a resume takes one connection, and no more once the socket is gone. */
  return async (viewer: UserId, after: Position, upTo: Position, isOver: () => boolean): Promise<MissedFrame[]> => {
    const missed: Awaited<ReturnType<(typeof sources)[number]>>[] = [];
    for (const find of sources) {
      missed.push(await find(viewer, after));
      if (isOver()) return [];
    }
    const sumOf = (field: 'count' | 'textBytes') => missed.reduce((sum, each) => sum + each[field], 0);
    if (sumOf('count') > maxFrames || sumOf('textBytes') > maxTextBytes) return startAnew(viewer, after, upTo);
    const frames = await Promise.all(missed.map((each) => each.frames()));
    // Frames behind this position come as live frames.
    return frames
      .flat()
      .filter(({ position }) => hasReached(upTo, position ?? LOG_START))
      .sort((one, other) => comparePositions(one.position ?? LOG_START, other.position ?? LOG_START));
  };
};
