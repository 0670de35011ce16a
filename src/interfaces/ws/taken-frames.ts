import type { AccessClaims } from '../../application/ports/access-tokens.js';
import type { Tracing } from '../../application/ports/tracing.js';
import { AnswerDeadline } from '../answer-deadline.js';
import type { ErrorLog } from '../error-log.js';
import { failureOf } from '../failure.js';
import { isCommand, type frameHandlers, type FrameType } from './commands.js';
import type { Connection } from './connection.js';
import { errorFrame } from './error-frame.js';
import type { RawFrame } from './protocol.js';

export interface TakenFramesParts {
  readonly handlers: ReturnType<typeof frameHandlers>;
  /** The time within which a frame is answered, and a socket is let in. */
  readonly answerWithinMs: number;
  readonly tracing: Pick<Tracing, 'request'>;
  /** Makes the id of a frame, which is the id of its trace where there is one. */
  readonly newRequestId: () => string;
  readonly log: ErrorLog;
}

interface Sender {
  readonly connection: Connection;
  readonly claims: AccessClaims;
}

/** The id of what a frame asks for, once it has one. */
interface Asked {
  requestId?: string;
}

/** Carries out the frames of clients, and answers each. */
export class TakenFrames {
  readonly #parts: TakenFramesParts;
  readonly #deadline: AnswerDeadline;

  constructor(parts: TakenFramesParts) {
    this.#parts = parts;
    this.#deadline = new AnswerDeadline(parts.answerWithinMs);
  }

  /** Runs the handler of a frame. The frame has an id of its own, by which its events and its failure are found again. */
  async handle(type: Exclude<FrameType, 'auth'>, frame: RawFrame, { connection, claims }: Sender): Promise<void> {
    const { handlers, tracing, newRequestId } = this.#parts;
    await this.carryOut(connection, frame, (asked) => {
      const handle = () => handlers[type](frame, connection, claims, (asked.requestId = newRequestId()));
      return isCommand(type) ? tracing.request(`frame ${type}`, '', handle) : handle();
    });
  }

  /** Runs work for a frame. It may throw at once or reject later: the client gets the same answer. */
  async carryOut(
    connection: Connection,
    frame: RawFrame,
    work: (asked: Asked) => Promise<object | undefined>,
  ): Promise<void> {
    const asked: Asked = {};
    connection.begin();
    try {
      const answer = await this.#deadline.within(() => work(asked));
      if (answer) connection.send(answer);
    } catch (error) {
      this.#refuse(connection, frame, error, asked);
    } finally {
      connection.end();
    }
  }

  #refuse(connection: Connection, frame: RawFrame, error: unknown, { requestId }: Asked): void {
    const { code, errors, retryAfterSeconds, isOurs } = failureOf(error);
    if (isOurs) this.#parts.log.error({ err: error, requestId, type: frame['type'], code }, 'frame failed');
    const retryAfterMs = retryAfterSeconds === undefined ? undefined : retryAfterSeconds * 1_000;
    connection.send(errorFrame(frame, { code, errors, retryAfterMs }));
  }
}
