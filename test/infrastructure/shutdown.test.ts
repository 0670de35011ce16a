import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import { Shutdown, type Stoppable } from '../../src/infrastructure/shutdown.js';

const NEVER_MS = 1_000_000;

/** Makes a process that notes what it does, and ends by an event. */
const processOf = (timeoutMs: number) => {
  const notes: string[] = [];
  const ending = new EventEmitter();
  const details: object[] = [];
  const note = (fields: object, message: string) => {
    notes.push(message);
    details.push(fields);
  };
  const log = { info: note, error: note, fatal: note };
  const codes: number[] = [];
  const clock = { now: 5_000 };
  const ended = once(ending, 'end') as Promise<[number]>;
  const exit = (code: number) => {
    codes.push(code);
    ending.emit('end', code);
  };
  const shutdown = new Shutdown({ log, timeoutMs, exit, now: () => clock.now });
  return { notes, details, codes, clock, ended: ended.then(([code]) => code), shutdown };
};

const serverThat = (stop: Stoppable['stop']) => Promise.resolve({ stop });
const never = () => new Promise<never>(() => undefined);

describe('The end of the process', () => {
  it('is in order, with 0, when a signal asks for it and everything ends', async () => {
    const { shutdown, notes, details, ended } = processOf(NEVER_MS);
    const told: number[] = [];
    shutdown.watch(
      serverThat(async (withinMs) => {
        told.push(Math.round(withinMs / 100_000));
        return true;
      }),
    );
    expect(shutdown.signal.aborted).to.equal(false);
    shutdown.ask('SIGTERM');
    expect(shutdown.signal.aborted).to.equal(true);
    expect(await ended).to.equal(0);
    expect(notes).to.deep.equal(['stopping', 'stopped']);
    expect(details).to.deep.equal([{ why: 'SIGTERM' }, {}]);
    expect(told, 'it may take nine tenths of the time').to.deep.equal([9]);
  });

  it('is with 1 when something was cut off, or a part has failed', async () => {
    const cut = processOf(NEVER_MS);
    cut.shutdown.watch(serverThat(async () => false));
    cut.shutdown.ask('SIGINT');
    expect(await cut.ended).to.equal(1);
    expect(cut.notes.at(-1)).to.equal('stopped, and something was cut off');
    const failing = processOf(NEVER_MS);
    failing.shutdown.watch(serverThat(async () => true));
    const failures = [new Error('unforeseen'), new Error('and another')];
    for (const failure of failures) failing.shutdown.fail(failure);
    expect(await failing.ended).to.equal(1);
    expect(failing.notes).to.deep.equal(['a part has failed', 'stopping', 'a part has failed', 'stopped']);
    expect(failing.details).to.deep.equal([{ err: failures[0] }, { why: 'failure' }, { err: failures[1] }, {}]);
  });

  for (const [what, server] of Object.entries({
    'a server that hangs when it stops': serverThat(never),
    'a server that is still starting': never(),
  }))
    it(`comes in time, with 1, with ${what}`, async () => {
      const { shutdown, notes, details, ended } = processOf(20);
      shutdown.watch(server);
      shutdown.ask('SIGTERM');
      expect(await ended).to.equal(1);
      expect(notes).to.deep.equal(['stopping', 'not stopped in time: ending all the same']);
      expect(details.at(-1)).to.deep.equal({ timeoutMs: 20 });
    });

  it('comes at once when it is asked for again', async () => {
    const { shutdown, notes, details, ended } = processOf(NEVER_MS);
    shutdown.watch(serverThat(never));
    shutdown.ask('SIGINT');
    shutdown.ask('SIGTERM');
    expect(await ended).to.equal(1);
    expect(notes).to.deep.equal(['stopping', 'asked again to stop: ending at once']);
    expect(details).to.deep.equal([{ why: 'SIGINT' }, { why: 'SIGTERM' }]);
  });

  it('takes one Ctrl-C, which npm passes on a second time, for one, and a second Ctrl-C for another', async () => {
    const { shutdown, codes, clock, ended } = processOf(NEVER_MS);
    shutdown.watch(serverThat(never));
    shutdown.ask('SIGINT');
    clock.now += 99;
    shutdown.ask('SIGINT');
    expect(codes).to.deep.equal([]);
    clock.now += 1;
    shutdown.ask('SIGINT');
    expect(await ended).to.equal(1);
  });

  for (const [what, starting] of [
    ['does not start', () => Promise.reject(new Error('could not start'))],
    ['has not begun to start', () => undefined],
  ] as const)
    it(`is left to whoever started the server when it ${what}`, async () => {
      const { shutdown, codes, notes } = processOf(NEVER_MS);
      const unhandled: unknown[] = [];
      const note = (error: unknown) => unhandled.push(error);
      process.on('unhandledRejection', note);
      const server = starting();
      if (server) shutdown.watch(server);
      shutdown.ask('SIGTERM');
      await new Promise(setImmediate);
      process.off('unhandledRejection', note);
      expect({ codes, notes, unhandled }).to.deep.equal({ codes: [], notes: ['stopping'], unhandled: [] });
    });

  it('goes by the clock of the process where it is given none', async () => {
    const note = () => undefined;
    const shutdown = new Shutdown({ log: { info: note, error: note, fatal: note }, timeoutMs: NEVER_MS, exit: note });
    const told = new Promise<number>((resolve) =>
      shutdown.watch(serverThat(async (withinMs) => (resolve(withinMs), true))),
    );
    shutdown.ask('SIGTERM');
    expect(await told).to.be.within(1, NEVER_MS);
  });
});
