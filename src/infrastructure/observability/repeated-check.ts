import { setTimeout as sleep } from 'node:timers/promises';
import { answeredWithin } from '../../application/kernel/answered-within.js';

export interface RepeatedCheckParts<Answer> {
  readonly ask: () => Promise<Answer>;
  readonly everyMs: number;
  /** The time after which a question has failed. The next one is asked once it has ended all the same. */
  readonly timeoutMs: number;
  readonly onFailed: (error: unknown) => void;
}

/** Asks the same question again and again, one at a time. All callers get the last answer, without waiting. */
export class RepeatedCheck<Answer> {
  readonly #parts: RepeatedCheckParts<Answer>;
  #underWay: Promise<Answer> | undefined;
  #latest: Answer | undefined;

  constructor(parts: RepeatedCheckParts<Answer>) {
    this.#parts = parts;
  }

  /** The last answer; undefined when the last question has failed, or none was asked yet. */
  get latest(): Answer | undefined {
    return this.#latest;
  }

  async askOnce(): Promise<void> {
    const { ask, timeoutMs, onFailed } = this.#parts;
    this.#underWay ??= ask().finally(() => (this.#underWay = undefined));
    try {
      this.#latest = await answeredWithin(timeoutMs, this.#underWay, () => new Error('no answer in time'));
    } catch (error) {
      this.#latest = undefined;
      onFailed(error);
    }
  }

  /** Asks until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.askOnce();
      await sleep(this.#parts.everyMs, undefined, { signal }).catch(() => undefined); // The signal ends the pause.
    }
  }
}
