import { setTimeout as sleep } from 'node:timers/promises';

export interface RepeatedCheckParts<Answer> {
  readonly ask: () => Promise<Answer>;
  readonly everyMs: number;
  /** A question that has no answer after so long has failed; the next is asked once it has ended after all. */
  readonly timeoutMs: number;
  readonly onFailed: (error: unknown) => void;
}

/** Asks the same again and again, one question at a time. However many want to know, they get the last answer at once. */
export class RepeatedCheck<Answer> {
  readonly #parts: RepeatedCheckParts<Answer>;
  #underWay: Promise<Answer> | undefined;
  #latest: Answer | undefined;

  constructor(parts: RepeatedCheckParts<Answer>) {
    this.#parts = parts;
  }

  /** Undefined when the last question has failed, or none was asked yet. */
  get latest(): Answer | undefined {
    return this.#latest;
  }

  async askOnce(): Promise<void> {
    const { ask, timeoutMs, onFailed } = this.#parts;
    this.#underWay ??= ask().finally(() => (this.#underWay = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
    });
    try {
      this.#latest = await Promise.race([this.#underWay, late]);
    } catch (error) {
      this.#latest = undefined;
      onFailed(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.askOnce();
      await sleep(this.#parts.everyMs, undefined, { signal }).catch(() => undefined); // woken up to end
    }
  }
}
