import type { ConversationId, Position, UserId } from '../../domain/kernel/ids.js';
import type { Typing, TypingLimits, TypingSignal } from './typing.js';

/** A user who is writing. */
export interface Typist {
  mark: Position;
  until: number;
  /** The users who were not shown that they are writing; undefined where nobody was. */
  hiddenFrom: ReadonlySet<UserId> | undefined;
}

type Place = Pick<Typing, 'conversationId' | 'userId'>;

/** Knows who is writing in which conversation, as far as this node shows it to anybody. */
export class TypingBoard {
  readonly #limits: Pick<TypingLimits, 'shownMs' | 'shownInConversation'>;
  readonly #conversations = new Map<ConversationId, Map<UserId, Typist>>();

  constructor(limits: Pick<TypingLimits, 'shownMs' | 'shownInConversation'>) {
    this.#limits = limits;
  }

  find({ conversationId, userId }: Place): Typist | undefined {
    return this.#conversations.get(conversationId)?.get(userId);
  }

  /** Answers the conversations in which a user is writing. */
  of(userId: UserId): ConversationId[] {
    return [...this.#conversations].filter(([, typists]) => typists.has(userId)).map(([id]) => id);
  }

  /** Says whether the user is shown in the conversation, or may yet be. */
  hasRoomFor({ conversationId, userId }: Place): boolean {
    const typists = this.#conversations.get(conversationId);
    return !typists || typists.has(userId) || typists.size < this.#limits.shownInConversation;
  }

  /** Notes that a user is writing, from now on for as long as they are shown. Answers undefined where there is no room. */
  put(signal: TypingSignal, now: number): Typist | undefined {
    if (!this.hasRoomFor(signal)) return undefined;
    const { conversationId, userId, mark } = signal;
    const typists = this.#conversations.get(conversationId) ?? new Map<UserId, Typist>();
    this.#conversations.set(conversationId, typists);
    const typist = { mark, until: now + this.#limits.shownMs, hiddenFrom: typists.get(userId)?.hiddenFrom };
    typists.set(userId, typist);
    return typist;
  }

  remove({ conversationId, userId }: Place): void {
    const typists = this.#conversations.get(conversationId);
    if (typists?.delete(userId) && typists.size === 0) this.#conversations.delete(conversationId);
  }

  /** Answers those whose time is over. */
  due(now: number): Place[] {
    const due: Place[] = [];
    for (const [conversationId, typists] of this.#conversations)
      for (const [userId, { until }] of typists) if (now >= until) due.push({ conversationId, userId });
    return due;
  }
}
