import type { Watermark } from '../../../application/ports/conversation-views.js';
import type { MemberRow } from '../../../application/projections/messages-tables.js';
import { MOST_MEMBERS_TOLD, TOLD_AGAIN_MS } from '../../../application/reading/told-again.js';
import type { Position } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached } from '../../../domain/kernel/position.js';
import type { ConversationReader } from './conversation-reader.js';

/** Answers the watermarks behind the last one that is so old that it was told before the position. */
const behindOld = (marks: readonly Watermark[], after: Position, before: number): readonly Watermark[] => {
  const isOld = ({ position, at }: Watermark): boolean => hasReached(after, position) && Date.parse(at) < before;
  return marks.slice(marks.findLastIndex(isOld) + 1);
};

/** Lists the receipts of others, in the conversations in which somebody is a member, large ones left out. */
export const receiptsSince = (
  reader: ConversationReader,
  memberships: readonly MemberRow[],
  after: Position,
): Watermark[] => {
  const viewer = memberships[0]?.userId;
  const membersOf = ({ conversationId }: MemberRow): number => reader.conversation(conversationId)?.memberCount ?? 0;
  const told = memberships.filter((each) => membersOf(each) <= MOST_MEMBERS_TOLD);
  const tables = told.flatMap(({ conversationId }) => reader.watermarks(conversationId));
  const heard = tables.flatMap((marks) => marks.findLast(({ position }) => hasReached(after, position))?.at ?? []);
  const before = Math.max(...heard.map((at) => Date.parse(at))) - TOLD_AGAIN_MS;
  const newest = new Map<string, Watermark>();
  for (const mark of tables.flatMap((marks) => behindOld(marks, after, before))) {
    const key = `${mark.kind} ${mark.conversationId} ${mark.userId}`;
    const isNewer = (newest.get(key)?.seq ?? 0) < mark.seq;
    if (isNewer && mark.userId !== viewer && reader.isShown(mark)) newest.set(key, mark);
  }
  return [...newest.values()].sort((one, other) => comparePositions(one.position, other.position));
};
