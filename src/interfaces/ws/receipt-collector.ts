import type { Watermark } from '../../application/ports/conversation-views.js';
import type { Audience } from '../../application/push/audience.js';
import { MOST_LATE_MS } from '../../application/reading/told-again.js';
import type { ConversationId, Position, UserId } from '../../domain/kernel/ids.js';
import { laterOf, LOG_START } from '../../domain/kernel/position.js';
import { messageDelivered, messageRead } from './frames/message-frames.js';
import { receiptsFrame } from './frames/receipt-frames.js';
import { textFrame } from './text-frame.js';

/** In this time nobody gets more than one frame of others' receipts of a conversation. */
const COLLECTED_FOR_MS = 1_000;

/** Runs something after the time for which receipts are collected. */
export type Later = (run: () => void) => void;

const afterASecond: Later = (run) => void setTimeout(run, COLLECTED_FOR_MS).unref();

export interface ReceiptCollectorParts {
  readonly audience: Pick<Audience, 'of' | 'seesReceipts'>;
  /** Sends a frame to every socket of a user: with its place in the order, or without one, of what has happened up to one. */
  readonly send: (userId: UserId, frame: Buffer, position: Position | undefined, shows: Position) => void;
  readonly later?: Later | undefined;
  /** Milliseconds since the epoch, to compare with the times of events. */
  readonly now?: (() => number) | undefined;
}

/** The frames of one watermark alone. */
const FRAMES = { read: messageRead, delivered: messageDelivered } as const;

const keyOf = ({ kind, userId }: Pick<Watermark, 'kind' | 'userId'>): string => `${kind} ${userId}`;

/** Keeps the farther watermark of a user. What they have read has come to them: that goes without saying. */
const addTo = (waiting: Map<string, Watermark>, mark: Watermark): void => {
  const { userId, seq } = mark;
  const seqOf = (kind: Watermark['kind']): number => waiting.get(keyOf({ kind, userId }))?.seq ?? 0;
  if (Math.max(seqOf(mark.kind), seqOf('read')) >= seq) return;
  waiting.set(keyOf(mark), mark);
  if (seqOf('delivered') <= seqOf('read')) waiting.delete(keyOf({ kind: 'delivered', userId }));
};

/**
 * Tells receipts. The first one of a conversation leaves at once; those that follow within a second leave in one frame at its
 * end, the newest of each member. So a group in which everybody reads sends each of them one frame a second. What a client
 * does not get because it breaks off, a resume tells again. One that is told late never waits.
 */
export class ReceiptCollector {
  readonly #parts: ReceiptCollectorParts;
  readonly #later: Later;
  readonly #now: () => number;
  /** What waits for the end of the second, of each conversation of which something was told in it. */
  readonly #waiting = new Map<ConversationId, Map<string, Watermark>>();

  constructor(parts: ReceiptCollectorParts) {
    this.#parts = parts;
    this.#later = parts.later ?? afterASecond;
    this.#now = parts.now ?? Date.now;
  }

  /**
   * Tells those who may see it, and answers to how many users a frame went. A reader's own devices never wait; of what has come to
   * them they are not told.
   */
  tell(mark: Watermark, isForAll: boolean): number {
    const { conversationId, userId, kind } = mark;
    const isOwn = kind === 'read' && this.#parts.audience.of(conversationId).has(userId);
    const own = isOwn ? [userId] : [];
    if (!isForAll) return this.#sendOne(mark, own);
    const waiting = this.#waiting.get(conversationId);
    if (waiting && !this.#isLate(mark)) {
      addTo(waiting, mark);
      return this.#sendOne(mark, own);
    }
    const others = this.#viewersBut(userId, conversationId);
    if (others.length > 0 && !waiting) this.#open(conversationId);
    return this.#sendOne(mark, [...own, ...others]);
  }

  /** A resume would not tell it again: it looks back from the last read that the client has heard of, by their times. */
  #isLate({ at }: Watermark): boolean {
    return this.#now() - Date.parse(at) > MOST_LATE_MS;
  }

  /** Drops what waits of a user who shows no receipts from now on. */
  forget(userId: UserId): void {
    for (const waiting of this.#waiting.values())
      for (const kind of ['read', 'delivered'] as const) waiting.delete(keyOf({ kind, userId }));
  }

  #open(conversationId: ConversationId): void {
    this.#waiting.set(conversationId, new Map());
    this.#later(() => this.#flush(conversationId));
  }

  #flush(conversationId: ConversationId): void {
    const marks = [...(this.#waiting.get(conversationId)?.values() ?? [])];
    this.#waiting.delete(conversationId);
    const [first, ...more] = marks;
    if (!first) return;
    this.#open(conversationId);
    const viewers = this.#viewersBut(more.length === 0 ? first.userId : undefined, conversationId);
    if (viewers.length === 0) return;
    const frame = textFrame(receiptsFrame(conversationId, marks));
    const upTo = marks.reduce((last, { position }) => laterOf(last, position), LOG_START);
    for (const viewer of viewers) this.#parts.send(viewer, frame, undefined, upTo);
  }

  #viewersBut(userId: UserId | undefined, conversationId: ConversationId): UserId[] {
    const { audience } = this.#parts;
    return [...audience.of(conversationId)].filter((viewer) => viewer !== userId && audience.seesReceipts(viewer));
  }

  #sendOne({ kind, ...content }: Watermark, viewers: readonly UserId[]): number {
    if (viewers.length === 0) return 0;
    const { position } = content;
    const frame = textFrame(FRAMES[kind].of(content));
    for (const viewer of viewers) this.#parts.send(viewer, frame, position, position);
    return viewers.length;
  }
}
