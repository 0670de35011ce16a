import type { Watermark } from '../../../application/ports/conversation-views.js';
import type { MemberRow, ReadRow } from '../../../application/projections/messages-tables.js';
import { TOLD_AGAIN_MS } from '../../../application/reading/told-again.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached } from '../../../domain/kernel/position.js';
import type { ConversationReader } from './conversation-reader.js';

const watermarkOf = ({ position, conversationId, userId, messageId, seq, readAt: at }: ReadRow): Watermark => ({
  kind: 'read',
  position,
  conversationId,
  userId,
  messageId,
  seq,
  at,
});

/** Answers the reads behind the last one that is so old that it was told before the position. */
const behindOld = (reads: readonly ReadRow[], after: Position, before: number): readonly ReadRow[] => {
  const isOld = ({ position, readAt }: ReadRow): boolean => hasReached(after, position) && Date.parse(readAt) < before;
  return reads.slice(reads.findLastIndex(isOld) + 1);
};

/** Lists the receipts of others, in the conversations in which somebody is a member. */
export const receiptsSince = (
  reader: ConversationReader,
  memberships: readonly MemberRow[],
  after: Position,
): Watermark[] => {
  const conversations = memberships.map(({ conversationId, userId: viewer }) => ({
    viewer,
    reads: reader.reads(conversationId),
  }));
  const heard = conversations.flatMap(
    ({ reads }) => reads.findLast(({ position }) => hasReached(after, position))?.readAt ?? [],
  );
  const before = Math.max(...heard.map((readAt) => Date.parse(readAt))) - TOLD_AGAIN_MS;
  const newest = new Map<string, Watermark>();
  for (const { viewer, reads } of conversations)
    for (const read of behindOld(reads, after, before))
      if (read.visibleTo === null && read.userId !== viewer)
        newest.set(`${read.conversationId} ${read.userId}`, watermarkOf(read));
  return [...newest.values()].sort((one, other) => comparePositions(one.position, other.position));
};
