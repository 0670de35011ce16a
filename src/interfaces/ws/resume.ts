import { messageCursor } from '../../application/messages/message-cursor.js';
import type { Position, UserId } from '../../domain/kernel/ids.js';
import { comparePositions, hasReached } from '../../domain/kernel/position.js';
import { missedBySource, type MissedParts, type PositionedFrame } from './missed.js';

/** More than this is not carried frame by frame. */
export const MAX_RESUMED_FRAMES = 5_000;
/** Nor is more text than this: all of it is in memory until it has been sent. */
export const MAX_RESUMED_TEXT_BYTES = 8 * 1024 * 1024;

/** What a viewer missed behind one position, up to another: read from the read models, never from the log. */
export const missedFrames = (parts: MissedParts) => {
  const { conversations, maxFrames, maxTextBytes } = parts;
  const sources = Object.values(missedBySource(parts));

  const resync = async (viewer: UserId, after: Position, upTo: Position): Promise<PositionedFrame[]> => {
    const unseen = await conversations.unseenSince(viewer, after);
    const list = unseen.map(({ conversationId, lastSeenSeq }) => ({
      conversationId,
      cursor: messageCursor(lastSeenSeq),
    }));
    return [{ position: upTo, content: { type: 'resync', position: upTo, conversations: list } }];
  };

  /** One query after another, so that a resume takes one connection; none more once it is over, as the socket is gone. */
  return async (viewer: UserId, after: Position, upTo: Position, isOver: () => boolean): Promise<PositionedFrame[]> => {
    const missed: Awaited<ReturnType<(typeof sources)[number]>>[] = [];
    for (const find of sources) {
      missed.push(await find(viewer, after));
      if (isOver()) return [];
    }
    const sumOf = (field: 'count' | 'textBytes') => missed.reduce((sum, each) => sum + each[field], 0);
    if (sumOf('count') > maxFrames || sumOf('textBytes') > maxTextBytes) return resync(viewer, after, upTo);
    const frames = await Promise.all(missed.map((each) => each.frames()));
    // What is behind the point where the live frames begin comes with them.
    return frames
      .flat()
      .filter(({ position }) => hasReached(upTo, position))
      .sort((one, other) => comparePositions(one.position, other.position));
  };
};
