import type { ReadMark, Watermark } from '../../../application/ports/conversation-views.js';
import type { MessageView } from '../../../application/ports/message-views.js';
import {
  memberKey,
  type ChangeRow,
  type ConversationRow,
  type MemberRow,
  type MessagesTables,
  type PreferencesRow,
  type ReadRow,
} from '../../../application/projections/messages-tables.js';
import type { ConversationId, Position, UserId } from '../../../domain/kernel/ids.js';
import { comparePositions, hasReached } from '../../../domain/kernel/position.js';
import { inOrderOfJoining } from './members.js';
import { shownMessage } from './shown-message.js';

type Placed = { readonly position: Position };
type PlacedConversation = Placed & { readonly conversationId: ConversationId };

export const byPosition = (one: Placed, other: Placed): number => comparePositions(one.position, other.position);

/** Compares by position, then by conversation: an erasure changes several of them at one position. */
export const byPlace = (one: PlacedConversation, other: PlacedConversation): number =>
  byPosition(one, other) || (one.conversationId < other.conversationId ? -1 : 1);

/** Reads from the tables what views of conversations show. */
export class ConversationReader {
  readonly #tables: MessagesTables;

  constructor(tables: MessagesTables) {
    this.#tables = tables;
  }

  conversation(conversationId: ConversationId): ConversationRow | undefined {
    return this.#tables.conversations.get(conversationId);
  }

  /** Finds a member, also one who has left. */
  member(conversationId: ConversationId, userId: UserId): MemberRow | undefined {
    return this.#tables.members.get(memberKey(conversationId, userId));
  }

  members(conversationId: ConversationId): readonly MemberRow[] {
    return [...this.#tables.members.values()].filter((each) => each.conversationId === conversationId);
  }

  activeMembers(conversationId: ConversationId): readonly MemberRow[] {
    return inOrderOfJoining(this.members(conversationId).filter(({ active }) => active));
  }

  /** Lists the memberships of a user, also those that have ended. */
  membershipsOf(userId: UserId): readonly MemberRow[] {
    return [...this.#tables.members.values()].filter((each) => each.userId === userId);
  }

  messageAt(conversationId: ConversationId, seq: number): MessageView | null {
    const row = [...this.#tables.messages.values()].find(
      (each) => each.conversationId === conversationId && each.seq === seq,
    );
    return row ? shownMessage(this.#tables, row) : null;
  }

  preferences(conversationId: ConversationId, userId: UserId): PreferencesRow | undefined {
    return this.#tables.preferences.get(memberKey(conversationId, userId));
  }

  /** The number of messages that mention a member, behind what they have read. */
  mentionsBehind({ conversationId, userId, readSeq }: MemberRow): number {
    return [...this.#tables.messages.values()].filter(
      (each) => each.conversationId === conversationId && each.seq > readSeq && each.mentions?.includes(userId),
    ).length;
  }

  /** The ordinal of the last message that was sent up to a position, and whether one of those was changed after it. */
  seenUpTo(conversationId: ConversationId, position: Position) {
    const seen = [...this.#tables.messages.values()].filter(
      (each) => each.conversationId === conversationId && hasReached(position, each.sentPosition),
    );
    return { lastSeenSeq: seen.length, areSeenChanged: seen.some((each) => !hasReached(position, each.position)) };
  }

  /** Answers the conversations that a user has left after a position, and is in no more. */
  leftSince(viewer: UserId, position: Position): ConversationId[] {
    const left = this.membershipsOf(viewer).filter((each) => !each.active && !hasReached(position, each.position));
    return [...left].sort(byPosition).map(({ conversationId }) => conversationId);
  }

  changesOf(conversationId: ConversationId): readonly ChangeRow[] {
    return [...this.#tables.changes.values()].filter((each) => each.conversationId === conversationId).sort(byPosition);
  }

  /** Lists the reading of all members, in order of position. */
  reads(conversationId: ConversationId): readonly ReadRow[] {
    return [...this.#tables.reads.values()].filter((each) => each.conversationId === conversationId).sort(byPosition);
  }

  /** Lists how far members have come, hidden reads too: what they have read, and what has come to them, in order of position. */
  watermarks(conversationId: ConversationId): readonly (readonly Watermark[])[] {
    const read = this.reads(conversationId).map(({ visibleTo: _, readAt: at, ...row }): Watermark => ({
      kind: 'read',
      ...row,
      at,
    }));
    const delivered = [...this.#tables.deliveries.values()]
      .filter((each) => each.conversationId === conversationId)
      .sort(byPosition)
      .map(({ deliveredAt: at, ...row }): Watermark => ({ kind: 'delivered', ...row, at }));
    return [read, delivered];
  }

  isShown({ kind, conversationId, userId, seq }: Watermark): boolean {
    return (
      kind === 'delivered' || this.#tables.reads.get(`${memberKey(conversationId, userId)} ${seq}`)?.visibleTo === null
    );
  }

  /** Answers the newest reading of a member, if it is behind a position. */
  ownRead(conversationId: ConversationId, userId: UserId, after: Position): ReadMark | undefined {
    const newest = this.reads(conversationId).findLast((each) => each.userId === userId);
    if (!newest || hasReached(after, newest.position)) return undefined;
    const { visibleTo: _, ...read } = newest;
    return read;
  }
}
