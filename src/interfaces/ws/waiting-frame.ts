import type { Position } from '../../domain/kernel/ids.js';
import type { Pushed } from './arrivals.js';

interface Contents {
  readonly frame: Buffer | undefined;
  /** The message that it sends, if it does. */
  readonly message: Pushed | undefined;
}

/**
 * A frame of a resume that waits to be sent. It gives away what it holds: the engine soon puts such objects among the old ones,
 * and an old one that is dead keeps what it holds from the collector, which then copies the strings of each resume.
 */
export class WaitingFrame {
  #position: Position | undefined;
  #frame: Buffer | undefined;
  #message: Pushed | undefined;

  constructor(position: Position | undefined, frame?: Buffer, message?: Pushed) {
    this.#position = position;
    this.#frame = frame;
    this.#message = message;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /** Answers what it holds, once. */
  take(): Contents {
    const contents = { frame: this.#frame, message: this.#message };
    this.#position = this.#frame = this.#message = undefined;
    return contents;
  }
}
