import { mock } from 'node:test';
import { expect } from 'chai';
import { RepeatedCheck } from '../../../src/infrastructure/observability/repeated-check.js';
import { eventually } from '../../support/eventually.js';

// Each request of /readyz asked the database; while that did not answer, the queries piled up.
describe('A repeated check', () => {
  it('asks once, however many want to know', async () => {
    let asked = 0;
    const check = new RepeatedCheck({
      ask: async () => (asked += 1),
      everyMs: 60_000,
      timeoutMs: 60_000,
      onFailed: () => undefined,
    });
    await check.askOnce();
    expect(Array.from({ length: 1_000 }, () => check.latest)).to.deep.equal(new Array(1_000).fill(1));
    expect(asked).to.equal(1);
  });

  it('has no answer while a question hangs, asks no second one, and has one again when it ends', async () => {
    let asked = 0;
    const failures: string[] = [];
    const asking: ((answer: string) => void)[] = [];
    const check = new RepeatedCheck({
      ask: () => {
        asked += 1;
        return new Promise<string>((resolve) => asking.push(resolve));
      },
      everyMs: 1,
      timeoutMs: 5,
      onFailed: (error) => failures.push((error as Error).message),
    });
    await check.askOnce();
    await check.askOnce();
    expect([asked, check.latest]).to.deep.equal([1, undefined]);
    expect(failures).to.deep.equal(['no answer in time', 'no answer in time']);
    asking[0]!('well');
    await check.askOnce();
    expect([asked, check.latest]).to.deep.equal([1, 'well']);
  });

  it('goes on when a question has failed', async () => {
    const ending = new AbortController();
    let asked = 0;
    const check = new RepeatedCheck({
      ask: async () => {
        asked += 1;
        if (asked === 1) throw new Error('down');
        if (asked === 3) ending.abort();
        return asked;
      },
      everyMs: 1,
      timeoutMs: 60_000,
      onFailed: () => undefined,
    });
    await check.run(ending.signal);
    expect(check.latest).to.equal(3);
  });

  it('ends at once by its signal, however long the next question is away', async () => {
    const ending = new AbortController();
    const check = new RepeatedCheck({
      ask: () => Promise.resolve('well'),
      everyMs: 3_600_000,
      timeoutMs: 60_000,
      onFailed: () => undefined,
    });
    const running = check.run(ending.signal);
    await eventually(
      async () => check.latest,
      (latest) => latest === 'well',
    );
    ending.abort();
    await running;
  });

  it('leaves no timer behind a question that was answered', async () => {
    const timeoutMs = 54_321;
    const made = mock.method(globalThis, 'setTimeout');
    const cleared = mock.method(globalThis, 'clearTimeout');
    const check = new RepeatedCheck({
      ask: () => Promise.resolve('well'),
      everyMs: 1,
      timeoutMs,
      onFailed: () => undefined,
    });
    await check.askOnce();
    mock.restoreAll();
    const own = made.mock.calls.filter(({ arguments: [, milliseconds] }) => milliseconds === timeoutMs);
    expect(own).to.have.length(1);
    expect(cleared.mock.calls.map(({ arguments: [timer] }) => timer)).to.include(own[0]?.result);
  });
});
