import type { Instant, Position } from '../../domain/kernel/ids.js';
import { earlierOf, hasReached, laterOf, LOG_START } from '../../domain/kernel/position.js';
import { reject } from '../../domain/kernel/rejections.js';
import { Past, readPresent, type PastParts, type Present } from './past.js';

/** A moment: a position of the log, or a time. */
export type AsOf = Position | Instant;

const isPosition = (asOf: AsOf): asOf is Position => /^\d+$/.test(asOf);

/** Answers where the last event stands that was recorded at a time or before it. */
const positionAt = async ({ pastIndex }: PastParts, { tail }: Present, time: Instant): Promise<Position> => {
  const newest = tail.findLast(({ recordedAt }) => recordedAt !== null && recordedAt <= time);
  return laterOf(await pastIndex.lastAt(time), newest?.position ?? LOG_START);
};

/** Opens the log as it was at a moment, or as it is. Rejects `audit_moment_unknown` where that is still to come. */
export type OpenAsOf = (asOf: AsOf | undefined, now: Instant) => Promise<Past>;

export const openAsOf =
  (parts: PastParts): OpenAsOf =>
  async (asOf, now) => {
    const present = await readPresent(parts);
    const { head } = present;
    const positionOf = async (): Promise<Position> => {
      if (asOf === undefined) return head;
      if (isPosition(asOf)) return hasReached(head, asOf) ? asOf : reject('audit_moment_unknown');
      if (asOf > now) return reject('audit_moment_unknown');
      const found = await positionAt(parts, present, asOf);
      return earlierOf(head, found);
    };
    return new Past(parts, { ...present, upTo: await positionOf() });
  };
