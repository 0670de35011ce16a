import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import type { TypingLimits, TypingSignal } from './typing.js';

interface Pace {
  passedAt: number;
  /** The last signal of each conversation that waits, the oldest conversation first. */
  readonly waiting: Map<ConversationId, TypingSignal>;
}

/** Lets each user's signals pass at a pace. One that comes too soon waits, and the next of its conversation takes its place. */
export class TypingPace {
  readonly #limits: Pick<TypingLimits, 'pauseMs' | 'waitingOfUser'>;
  readonly #byUser = new Map<UserId, Pace>();

  constructor(limits: Pick<TypingLimits, 'pauseMs' | 'waitingOfUser'>) {
    this.#limits = limits;
  }

  /** Answers whether the signal passes now. */
  take(signal: TypingSignal, now: number): boolean {
    const { userId, conversationId } = signal;
    const pace = this.#byUser.get(userId) ?? { passedAt: -Infinity, waiting: new Map() };
    this.#byUser.set(userId, pace);
    if (pace.waiting.size === 0 && this.#mayPass(pace, now)) {
      pace.passedAt = now;
      return true;
    }
    if (pace.waiting.has(conversationId) || pace.waiting.size < this.#limits.waitingOfUser)
      pace.waiting.set(conversationId, signal);
    return false;
  }

  /** Drops the signal of a user that waits, where the condition holds. */
  drop(
    { userId, conversationId }: Pick<TypingSignal, 'userId' | 'conversationId'>,
    isOver: (signal: TypingSignal) => boolean,
  ): void {
    const waiting = this.#byUser.get(userId)?.waiting;
    const signal = waiting?.get(conversationId);
    if (signal && isOver(signal)) waiting?.delete(conversationId);
  }

  /** Answers the signals that have waited long enough: one of each user. */
  due(now: number): TypingSignal[] {
    const due: TypingSignal[] = [];
    for (const [userId, pace] of this.#byUser) {
      if (!this.#mayPass(pace, now)) continue;
      const [signal] = pace.waiting.values();
      if (!signal) this.#byUser.delete(userId);
      else {
        pace.waiting.delete(signal.conversationId);
        pace.passedAt = now;
        due.push(signal);
      }
    }
    return due;
  }

  #mayPass({ passedAt }: Pace, now: number): boolean {
    return now - passedAt >= this.#limits.pauseMs;
  }
}
