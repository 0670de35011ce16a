import { answeredWithin } from '../application/kernel/answered-within.js';

/** A request or a frame has taken longer than its client is to wait. It may still be carried out: sent again, it is recognised. */
export class AnswerOverdueError extends Error {
  override readonly name = 'AnswerOverdueError';
}

/** Raises `AnswerOverdueError` when the work is not done in time, as where a store hangs and its connections stay open. */
export const answerInTime = <Answer>(milliseconds: number, work: () => Promise<Answer>): Promise<Answer> =>
  answeredWithin(
    milliseconds,
    work(),
    () => new AnswerOverdueError(`there was no answer within ${milliseconds} ms: does a store hang?`),
  );
