import { isOfType } from '../kernel/is-of-type.js';
import { BoundedCache } from '../kernel/bounded-cache.js';
import type { EventBatch } from '../ports/event-store.js';
import type { Signals } from '../ports/signals.js';
import type { Audience } from '../push/audience.js';
import type { ConversationId, Position, UserId } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';
import type { KnownBlocks } from './known-blocks.js';
import { TypingBoard, type Typist } from './typing-board.js';
import { TypingPace } from './typing-pace.js';
import { TYPING_TOPIC, type Typing, type TypingLimits, type TypingSignal } from './typing.js';

/** This is more messages than are sent while a signal is on its way. */
const MOST_SENDERS = 10_000;

export interface LiveTypingParts {
  readonly signals: Pick<Signals, 'publish' | 'isBehind'>;
  readonly audience: Pick<Audience, 'of'>;
  readonly blocks: Pick<KnownBlocks, 'of'>;
  readonly limits: TypingLimits;
  /** Shows these users who is writing, or is writing no more. It may be lost. */
  readonly show: (viewers: readonly UserId[], typing: Typing) => void;
}

type Place = Pick<Typing, 'conversationId' | 'userId'>;

const always = (): boolean => true;

const keyOf = ({ conversationId, userId }: Place): string => `${conversationId} ${userId}`;

/**
 * Passes on who is writing, and shows it to the members who are connected to this node. It has no clock: `now` is given to
 * it, and `tick` is called. It reads nothing: who is a member is known from the log, and blocks are remembered.
 */
export class LiveTyping {
  readonly #parts: LiveTypingParts;
  readonly #pace: TypingPace;
  readonly #board: TypingBoard;
  /** Where the last message of each sender stands: a signal that was told before it comes too late. */
  readonly #sent = new BoundedCache<string, Position>({ most: MOST_SENDERS, weightOf: () => 1 });

  constructor(parts: LiveTypingParts) {
    this.#parts = parts;
    this.#pace = new TypingPace(parts.limits);
    this.#board = new TypingBoard(parts.limits);
  }

  /** Takes what a member has told of themselves. It is passed on at once, later, or never. */
  tell(signal: TypingSignal, now: number): void {
    if (!signal.active) this.#pace.drop(signal, always);
    const isNews = signal.active ? this.#board.hasRoomFor(signal) : this.#board.find(signal) !== undefined;
    if (isNews && this.#pace.take(signal, now)) this.#pass(signal, now);
  }

  /** Takes a signal of another node, or of this one. */
  receive(signal: TypingSignal, now: number): void {
    const isHeard = this.#parts.audience.of(signal.conversationId).size > 0;
    if (!isHeard) return;
    if (signal.active) this.#begin(signal, now);
    else this.#end(signal, ({ mark }) => hasReached(signal.mark, mark));
  }

  /** A message ends what its sender had told before it, on whichever node they sent it. */
  take({ events }: Pick<EventBatch, 'events'>): void {
    for (const event of events) if (isOfType(event, 'MessageSent')) this.#noteSent(event.data, event.position);
  }

  /** Shows what waited until it was known who has blocked whom. */
  blocksKnown(userId: UserId): void {
    for (const conversationId of this.#board.of(userId)) {
      const typist = this.#board.find({ conversationId, userId });
      if (typist) this.#showBegun({ conversationId, userId }, typist);
    }
  }

  /** Passes on what has waited, and ends what was not told again. It is to be called several times a second. */
  tick(now: number): void {
    for (const signal of this.#pace.due(now)) if (this.#isMember(signal)) this.#pass(signal, now);
    for (const place of this.#board.due(now)) this.#end(place, always);
  }

  #isMember({ conversationId, userId }: Place): boolean {
    return this.#parts.audience.of(conversationId).has(userId);
  }

  /** Signals that tell of this alone are the first to be left out: whoever is shown ends by themselves. */
  #pass(signal: TypingSignal, now: number): void {
    const { signals } = this.#parts;
    if (!signals.isBehind) signals.publish(TYPING_TOPIC, signal);
    this.receive(signal, now);
  }

  #noteSent({ conversationId, senderId: userId }: { conversationId: ConversationId; senderId: UserId }, at: Position) {
    if (this.#parts.audience.of(conversationId).size === 0) return;
    const place = { conversationId, userId };
    const isBefore = ({ mark }: { readonly mark: Position }): boolean => !hasReached(mark, at);
    this.#sent.set(keyOf(place), at);
    this.#pace.drop(place, isBefore);
    this.#end(place, isBefore);
  }

  #begin(signal: TypingSignal, now: number): void {
    const sentAt = this.#sent.get(keyOf(signal));
    if (sentAt !== undefined && !hasReached(signal.mark, sentAt)) return;
    const typist = this.#board.put(signal, now);
    if (typist) this.#showBegun(signal, typist);
  }

  /** Nobody is shown it as long as it is not known who must not see it. */
  #showBegun({ conversationId, userId }: Place, typist: Typist): void {
    if (this.#parts.audience.of(conversationId).size < 2 && this.#isMember({ conversationId, userId })) return;
    const blocked = this.#parts.blocks.of(userId);
    if (!blocked) return;
    typist.hiddenFrom = blocked;
    this.#show({ conversationId, userId, active: true }, blocked);
  }

  #end({ conversationId, userId }: Place, isOver: (typist: Typist) => boolean): void {
    const typist = this.#board.find({ conversationId, userId });
    if (!typist || !isOver(typist)) return;
    this.#board.remove({ conversationId, userId });
    if (typist.hiddenFrom) this.#show({ conversationId, userId, active: false }, typist.hiddenFrom);
  }

  #show(typing: Typing, hiddenFrom: ReadonlySet<UserId>): void {
    const members = this.#parts.audience.of(typing.conversationId);
    const viewers = [...members].filter((member) => member !== typing.userId && !hiddenFrom.has(member));
    if (viewers.length > 0) this.#parts.show(viewers, typing);
  }
}
