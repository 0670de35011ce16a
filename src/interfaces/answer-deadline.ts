/** A request or a frame has taken longer than its client is to wait. It may still be carried out: sent again, it is recognised. */
export class AnswerOverdueError extends Error {
  override readonly name = 'AnswerOverdueError';
}

interface Waiting {
  readonly giveUpAt: number;
  readonly giveUp: () => void;
}

/**
 * Lets callers wait for work no longer than a time, as where a store hangs and its connections stay open. One timer serves
 * all who wait: one for each message would cost 5 µs a message.
 */
export class AnswerDeadline {
  readonly #milliseconds: number;
  /** In the order in which their time is over. */
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /**
   * Answers what the work does. Raises `AnswerOverdueError` when it is late; it goes on all the same, and `dropped` is given its
   * answer, which nobody waits for any more.
   */
  within<Answer>(work: () => Promise<Answer>, dropped: (answer: Answer) => void = () => undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const answer = work();
      let isGivenUp = false;
      const giveUp = () => {
        isGivenUp = true;
        reject(new AnswerOverdueError(`there was no answer within ${this.#milliseconds} ms: does a store hang?`));
      };
      const waiting = { giveUpAt: performance.now() + this.#milliseconds, giveUp };
      this.#waiting.add(waiting);
      if (this.#timer === undefined) this.#timer = this.#look(this.#milliseconds);
      const take = (given: Answer) => (isGivenUp ? dropped(given) : resolve(given));
      void answer.then(take, reject).then(() => this.#waiting.delete(waiting));
    });
  }

  #look(inMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#giveUpLate(), inMs).unref();
  }

  #giveUpLate(): void {
    const now = performance.now();
    this.#timer = undefined;
    for (const waiting of this.#waiting) {
      if (waiting.giveUpAt > now) {
        this.#timer = this.#look(waiting.giveUpAt - now);
        return;
      }
      this.#waiting.delete(waiting);
      waiting.giveUp();
    }
  }
}
