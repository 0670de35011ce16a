import { Rejection, type RejectionCode } from '../../../src/domain/kernel/rejections.js';

/** With which code the work was refused; undefined when it was done. Any other error is a failure of the test. */
export const refusalOf = async (work: Promise<unknown>): Promise<RejectionCode | undefined> => {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
};

/** The same thing asked for by so many at once: what each was told. */
export const race = <Answer>(racers: number, work: (n: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: racers }, (_, n) => work(n)));
