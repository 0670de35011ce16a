import { Rejection, type RejectionCode } from '../../../src/domain/kernel/rejections.js';

/** Answers the code with which the work was refused; undefined when it was done. Any other error fails the test. */
export const refusalOf = async (work: Promise<unknown>): Promise<RejectionCode | undefined> => {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
};

/** Starts the same work this many times at once, and answers what each caller was told. */
export const race = <Answer>(racers: number, work: (n: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: racers }, (_, n) => work(n)));
