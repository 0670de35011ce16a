import type { Terminal } from '../tool.js';
import type { Replay, Step } from './replay.js';
import { stepText } from './step-text.js';

const HELP = `  Enter         the next step          b             one step back
  g <time>      go to a time           p             play, Enter pauses
  speed <n>     n times as fast        q             leave
`;

/** No pause of a replay is longer, however long nothing has happened. */
const LONGEST_PAUSE_MS = 5_000;

export interface PlayerParts {
  readonly terminal: Pick<Terminal, 'out' | 'note' | 'lines'>;
  /** Resolves after the time. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly speed: number;
}

const timeOf = (given: string): string | undefined =>
  Number.isNaN(Date.parse(given)) ? undefined : new Date(given).toISOString();

/** Steps through a replay as it is told by the lines that are typed. */
export class Player {
  readonly #replay: Replay;
  readonly #parts: PlayerParts;
  #speed: number;
  #isPlaying = false;

  constructor(replay: Replay, parts: PlayerParts) {
    this.#replay = replay;
    this.#parts = parts;
    this.#speed = parts.speed;
  }

  async run(): Promise<void> {
    this.#parts.terminal.note(`${this.#replay.length} events\n${HELP}`);
    const lines = this.#parts.terminal.lines()[Symbol.asyncIterator]();
    for (let next = lines.next(); ;) {
      const line = this.#isPlaying ? await this.#playUntil(next) : await next;
      if (line === 'end') continue;
      if (line.done === true || this.#take(line.value.trim())) break;
      next = lines.next();
    }
    await lines.return?.();
  }

  /** Plays until a line is typed, or the end is reached. */
  async #playUntil(typed: Promise<IteratorResult<string>>): Promise<IteratorResult<string> | 'end'> {
    while (!this.#replay.isAtEnd) {
      const pause = Math.min(LONGEST_PAUSE_MS, this.#replay.pauseMs() / this.#speed);
      const line = await Promise.race([typed, this.#parts.sleep(pause)]);
      if (line) return line;
      this.#show(this.#replay.forward());
    }
    this.#isPlaying = false;
    return 'end';
  }

  /** Carries out what was typed; true where it ends the replay. */
  #take(line: string): boolean {
    const [word = '', ...rest] = line.split(/\s+/);
    const commands: Readonly<Record<string, (given: string) => void>> = {
      '': () => this.#pauseOrStep(),
      b: () => this.#show(this.#replay.back(), 'the beginning'),
      g: (given) => this.#goTo(given),
      p: () => (this.#isPlaying = true),
      speed: (given) => this.#setSpeed(given),
    };
    if (word === 'q') return true;
    const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
    if (command) command(rest.join(' '));
    else this.#parts.terminal.note(HELP);
    return false;
  }

  #pauseOrStep(): void {
    if (this.#isPlaying) this.#isPlaying = false;
    else this.#show(this.#replay.forward());
  }

  #goTo(given: string): void {
    const time = timeOf(given);
    if (time === undefined) this.#parts.terminal.note('g takes a time such as 2026-01-31T12:00:00Z\n');
    else this.#show(this.#replay.goTo(time), 'before the first event');
  }

  #setSpeed(given: string): void {
    const speed = Number(given);
    if (speed > 0 && Number.isFinite(speed)) this.#speed = speed;
    else this.#parts.terminal.note('speed takes a number above 0\n');
  }

  #show(step: Step | undefined, otherwise = 'the end'): void {
    const { terminal } = this.#parts;
    if (step) terminal.out(`${stepText(step, this.#replay.length)}\n`);
    else terminal.note(`(${otherwise})\n`);
  }
}
