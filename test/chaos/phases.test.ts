import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { failureOf } from '../contracts/projection-steps.js';
import { PhaseOverdueError, Phases } from './phases.js';

describe('The phases of a chaos run', () => {
  const phases = (withinMs: number) => new Phases({ withinMs, onProgress: () => undefined });

  it('answer what the work does', async () => {
    expect(await phases(60_000).run('it counts', Promise.resolve(7), () => 'nothing')).to.equal(7);
  });

  it('fail as the work does', async () => {
    const failing = phases(60_000).run('it counts', Promise.reject(new Error('lost count')), () => 'nothing');
    expect(((await failureOf(failing)) as Error).message).to.equal('lost count');
  });

  // A run that could not end was ended by mocha after three minutes, without a word of what it waited for.
  it('end what takes longer than it may, and say what that waits for', async () => {
    const overdue = await failureOf(
      phases(1).run('it counts', sleep(60_000, 7, { ref: false }), () => 'seven of nine'),
    );
    expect(overdue).to.be.instanceOf(PhaseOverdueError);
    expect((overdue as Error).message).to.match(/^it counts, for \d+ s: seven of nine$/);
  });
});
