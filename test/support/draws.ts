const FEWER = 5;

/** Whether this run leaves out what takes long, as `npm test` does unless `CI` is set. */
export const leavesOut = process.env['CHATAPP_TEST_LEFT_OUT'] !== undefined;

/** Answers how many examples are drawn: a fifth in a run that leaves out what takes long. */
export const draws = (count: number): number => (leavesOut ? Math.ceil(count / FEWER) : count);
