import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { AnswerDeadline, AnswerOverdueError } from '../../src/interfaces/answer-deadline.js';

const never = () => new Promise<never>(() => undefined);

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** The timer of a deadline does not keep a process alive. */
const awake = async <Answer>(work: Promise<Answer>): Promise<Answer> => {
  const timer = setInterval(() => undefined, 1_000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
};

describe('A deadline for answers', () => {
  it('lets answers and failures through that come in time', async () => {
    const deadline = new AnswerDeadline(60_000);
    expect(await deadline.within(async () => 7)).to.equal(7);
    const failure = new Error('ours');
    expect(await failureOf(deadline.within(() => Promise.reject(failure)))).to.equal(failure);
    const thrown = deadline.within(() => {
      throw failure;
    });
    expect(await failureOf(thrown)).to.equal(failure);
  });

  it('gives up each caller who has waited too long, early ones and later ones', async () => {
    const deadline = new AnswerDeadline(20);
    const first = failureOf(deadline.within(never));
    const answered = deadline.within(async () => 'in time');
    expect(await awake(first)).to.be.instanceOf(AnswerOverdueError);
    expect(await answered).to.equal('in time');
    const late = [failureOf(deadline.within(never)), failureOf(deadline.within(never))];
    for (const each of await awake(Promise.all(late))) expect(each).to.be.instanceOf(AnswerOverdueError);
  });

  it('looks again for those who came while others waited', async () => {
    const deadline = new AnswerDeadline(500);
    const first = failureOf(deadline.within(never));
    const begun = performance.now();
    while (performance.now() < begun + 250) await nextTurn(); // The times of the two are over apart, also on a busy machine.
    const second = failureOf(deadline.within(never));
    for (const each of await awake(Promise.all([first, second]))) expect(each).to.be.instanceOf(AnswerOverdueError);
  });
});
