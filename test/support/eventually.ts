import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;
/**
 * It is shorter than mocha's timeout, so that the failure shows the last answer, and long because the machine may be
 * slow.
 */
const LONGEST_MS = 50_000;

/** Asks again until the answer is right, and fails with the last answer if it never is. */
export const eventually = async <Answer>(
  ask: () => Promise<Answer>,
  isRight: (answer: Answer) => boolean,
  longestMs = LONGEST_MS,
): Promise<Answer> => {
  const deadline = Date.now() + longestMs;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`it never came to be: ${JSON.stringify(answer)}`);
    await sleep(POLL_MS);
  }
};
