import { expect } from 'chai';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { ResumeQueue } from '../../../src/interfaces/ws/resume-queue.js';
import { ada, bob, cleo, eve } from '../../support/ids.js';

const PLENTY_MS = 60_000;

describe('The resume queue', () => {
  let queue: ResumeQueue;
  /** The resumes that have begun, in order. */
  let begun: string[];
  const sockets: { onGone: () => void }[] = [];
  afterEach(() => {
    for (const { onGone } of sockets.splice(0)) onGone();
  });
  beforeEach(() => {
    queue = new ResumeQueue({ atOnce: 2, longestWaitMs: PLENTY_MS });
    begun = [];
  });

  /** Asks for a resume, which runs until the test finishes it. */
  const resume = (name: string, userId: UserId) => {
    const socket = { onGone: (): void => undefined };
    sockets.push(socket);
    let finish = (): void => undefined;
    let fail: (error: Error) => void = () => undefined;
    const end = new Promise<string>((resolve, reject) => {
      finish = () => resolve(`frames of ${name}`);
      fail = reject;
    });
    const answer = queue.run(socket, userId, () => {
      begun.push(name);
      return end;
    });
    return { answer, finish: () => (finish(), answer), fail, leave: () => socket.onGone() };
  };

  // One account resumed on 20 sockets, again and again, from far back: its queries took all connections to the
  // database, and everybody's requests, live frames and readiness checks waited for one.
  it('lets so many be under way and no more, and admits the next one when one has ended', async () => {
    const first = resume('ada', ada);
    resume('bob', bob);
    const third = resume('cleo', cleo);
    await Promise.resolve();
    expect(begun).to.deep.equal(['ada', 'bob']);
    expect(await first.finish()).to.equal('frames of ada');
    expect(begun).to.deep.equal(['ada', 'bob', 'cleo']);
    expect(await third.finish()).to.equal('frames of cleo');
  });

  it('lets one of a user be under way, whatever room there is, and the others in their order', async () => {
    const [first, second] = [resume('laptop', ada), resume('phone', ada)];
    resume('tablet', ada);
    await Promise.resolve();
    expect(begun).to.deep.equal(['laptop']);
    await first.finish();
    await second.finish();
    expect(begun).to.deep.equal(['laptop', 'phone', 'tablet']);
  });

  it('gives the users their turns, however many sockets of one wait', async () => {
    queue = new ResumeQueue({ atOnce: 1, longestWaitMs: PLENTY_MS });
    const resumes = ['1', '2', '3'].map((n) => resume(`eve ${n}`, eve));
    resumes.push(resume('ada 1', ada), resume('ada 2', ada), resume('bob', bob));
    for (const index of [0, 1, 3, 5, 2, 4]) await resumes[index]?.finish();
    expect(begun).to.deep.equal(['eve 1', 'eve 2', 'ada 1', 'bob', 'eve 3', 'ada 2']);
  });

  it('passes over a user with a resume under way, and lets the next one in', async () => {
    const other = resume('bob', bob);
    resume('eve 1', eve);
    resume('eve 2', eve);
    resume('ada', ada);
    await other.finish();
    expect(begun).to.deep.equal(['bob', 'eve 1', 'ada']);
  });

  it('forgets a socket that is gone while it waits', async () => {
    const [first, second] = [resume('bob', bob), resume('cleo', cleo)];
    const [gone, alsoGone, patient] = [resume('eve 1', eve), resume('eve 2', eve), resume('eve 3', eve)];
    const alone = resume('ada', ada);
    for (const { leave } of [gone, alsoGone, alone]) leave();
    expect(await Promise.all([gone.answer, alsoGone.answer, alone.answer])).to.deep.equal(Array(3).fill(undefined));
    await first.finish();
    await second.finish();
    expect(await patient.finish()).to.equal('frames of eve 3');
    expect(begun).to.deep.equal(['bob', 'cleo', 'eve 3']);
  });

  it('counts a resume until its queries have ended, though its socket is gone', async () => {
    const first = resume('ada 1', ada);
    resume('bob', bob);
    resume('ada 2', ada);
    await Promise.resolve();
    first.leave();
    resume('cleo', cleo);
    await Promise.resolve();
    expect(begun).to.deep.equal(['ada 1', 'bob']);
    expect(await first.finish()).to.equal('frames of ada 1');
    expect(begun).to.deep.equal(['ada 1', 'bob', 'ada 2']);
  });

  it('lets a socket wait so long and no longer', async () => {
    queue = new ResumeQueue({ atOnce: 1, longestWaitMs: 1 });
    const slow = resume('eve', eve);
    expect(await resume('ada', ada).answer).to.equal(undefined);
    expect(await slow.finish()).to.equal('frames of eve');
    expect(begun).to.deep.equal(['eve']);
  });

  it('goes on behind a resume that fails', async () => {
    queue = new ResumeQueue({ atOnce: 1, longestWaitMs: PLENTY_MS });
    const [broken, next] = [resume('ada', ada), resume('bob', bob)];
    broken.fail(new Error('no database'));
    const error = await broken.answer.catch((reason: unknown) => reason);
    expect(error).to.be.an('error').with.property('message', 'no database');
    expect(await next.finish()).to.equal('frames of bob');
  });
});
