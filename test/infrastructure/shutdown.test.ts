import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import { Shutdown, type Stoppable } from '../../src/infrastructure/shutdown.js';

const NEVER_MS = 1_000_000;

/** A process that notes what it does, and ends by an event. */
const processOf = (timeoutMs: number) => {
  const notes: string[] = [];
  const ending = new EventEmitter();
  const note = (_: object, message: string) => void notes.push(message);
  const log = { info: note, error: note, fatal: note };
  const codes: number[] = [];
  const clock = { now: 0 };
  const ended = once(ending, 'end') as Promise<[number]>;
  const exit = (code: number) => {
    codes.push(code);
    ending.emit('end', code);
  };
  const shutdown = new Shutdown({ log, timeoutMs, exit, now: () => clock.now });
  return { notes, codes, clock, ended: ended.then(([code]) => code), shutdown };
};

const serverThat = (stop: Stoppable['stop']) => Promise.resolve({ stop });
const never = () => new Promise<never>(() => undefined);

describe('The end of the process', () => {
  it('is in order, with 0, when a signal asks for it and everything ends', async () => {
    const { shutdown, notes, ended } = processOf(NEVER_MS);
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
    failing.shutdown.fail(new Error('unforeseen'));
    failing.shutdown.fail(new Error('and another'));
    expect(await failing.ended).to.equal(1);
    expect(failing.notes).to.deep.equal(['a part has failed', 'stopping', 'a part has failed', 'stopped']);
  });

  for (const [what, server] of Object.entries({
    'a server that hangs when it stops': serverThat(never),
    'a server that is still starting': never(),
  }))
    it(`comes in time, with 1, with ${what}`, async () => {
      const { shutdown, notes, ended } = processOf(20);
      shutdown.watch(server);
      shutdown.ask('SIGTERM');
      expect(await ended).to.equal(1);
      expect(notes).to.deep.equal(['stopping', 'not stopped in time: ending all the same']);
    });

  it('comes at once when it is asked for again', async () => {
    const { shutdown, notes, ended } = processOf(NEVER_MS);
    shutdown.watch(serverThat(never));
    shutdown.ask('SIGINT');
    shutdown.ask('SIGTERM');
    expect(await ended).to.equal(1);
    expect(notes).to.deep.equal(['stopping', 'asked again to stop: ending at once']);
  });

  it('takes one Ctrl-C, which npm passes on a second time, for one, and a second Ctrl-C for another', async () => {
    const { shutdown, codes, clock, ended } = processOf(NEVER_MS);
    shutdown.watch(serverThat(never));
    shutdown.ask('SIGINT');
    clock.now = 99;
    shutdown.ask('SIGINT');
    expect(codes).to.deep.equal([]);
    clock.now = 100;
    shutdown.ask('SIGINT');
    expect(await ended).to.equal(1);
  });

  it('is left to whoever started it when it does not start', async () => {
    const { shutdown, codes, notes } = processOf(NEVER_MS);
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    shutdown.watch(Promise.reject(new Error('could not start')));
    shutdown.ask('SIGTERM');
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect({ codes, notes, unhandled }).to.deep.equal({ codes: [], notes: ['stopping'], unhandled: [] });
  });
});
