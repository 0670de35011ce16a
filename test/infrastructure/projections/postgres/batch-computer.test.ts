import { expect } from 'chai';
import type pg from 'pg';
import type { Position } from '../../../../src/domain/kernel/ids.js';
import { BatchComputer } from '../../../../src/infrastructure/projections/postgres/batch-computer.js';
import type { Ask, ReadModel } from '../../../../src/infrastructure/projections/postgres/read-model.js';
import { numbersProjection as projection, type Numbers } from '../../../support/numbers-projection.js';
import { recordedAt } from '../../../support/recorded-event.js';

const at = (position: number) => String(position) as Position;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('What a batch writes', () => {
  /** What was asked, computed, sent and settled, in order. */
  let steps: string[];
  let isUnreadable: boolean;
  beforeEach(() => {
    steps = [];
    isUnreadable = false;
  });

  /** Sums up numbers, each batch on what the one before has left: it is asked for where it is not known. */
  const sums = (isComputedAhead = true): ReadModel<Numbers> => ({
    tables: '',
    recent: () => [],
    open: () => {
      let [sum, batch]: [number | undefined, number[]] = [undefined, []];
      const forget = () => ([sum, batch] = [undefined, []]);
      const load = async (_: unknown, question: Ask) => {
        if (sum !== undefined && !isUnreadable) return;
        sum = (await question<{ sum: number }>({ text: 'sum' }))[0]?.sum;
      };
      const statements = () => {
        sum = batch.reduce((total, n) => total + n, sum ?? 0);
        return [{ text: `${batch.join('+')} makes ${sum}` }];
      };
      const settle = (results: unknown) => {
        steps.push(results ? 'committed' : 'rolled back');
        if (!results) forget();
        else if (!isComputedAhead) batch = [];
      };
      const taken = () => (batch = []);
      return {
        writers: { add: (n) => void batch.push(n) },
        batch: [{ statements, settle, ...(isComputedAhead && { taken }) }],
        rows: { load, forget },
      };
    },
  });

  const ask: Ask = async <Row extends object>() => {
    steps.push('asked');
    if (isUnreadable) throw new Error('the connection was cut');
    return [{ sum: 100 } as unknown as Row];
  };

  const computerOf = (model = sums()) => {
    const computer = new BatchComputer(projection, model);
    const answers: { commit: () => void; refuse: () => void }[] = [];
    const eventsOf = new Map<number, ReturnType<typeof recordedAt>>();
    const events = (...positions: readonly number[]) =>
      positions.map((n) => {
        const event = eventsOf.get(n) ?? recordedAt(n);
        eventsOf.set(n, event);
        return event;
      });
    const write = async (...positions: readonly number[]) => {
      const to = at(positions.at(-1) ?? 0);
      const written = computer.write({ events: events(...positions), to }, ask, (statements) => {
        steps.push(...statements.map(({ text }) => `sent ${text}`));
        return new Promise((resolve, reject) => {
          const commit = () => resolve(statements.map(() => ({}) as pg.QueryResult));
          answers.push({ commit, refuse: () => reject(new Error('refused')) });
        });
      });
      const outcome = written.then(
        () => 'written',
        (error: unknown) => String(error),
      );
      await settled();
      return { outcome };
    };
    const ahead = async (from: number, ...positions: readonly number[]) => {
      await computer.computeAhead(events(...positions), at(from), ask);
    };
    return { computer, answers, write, ahead };
  };

  it('is computed while the batch before is being written, on what that leaves, and sent when it is its turn', async () => {
    const { answers, write, ahead } = computerOf();
    const first = await write(1, 2);
    await ahead(2, 4);
    expect(steps).to.deep.equal(['asked', 'sent 1+2 makes 103']);
    answers[0]?.commit();
    expect(await first.outcome).to.equal('written');
    await write(4);
    expect(steps).to.deep.equal(['asked', 'sent 1+2 makes 103', 'committed', 'sent 4 makes 107']);
  });

  it('is computed once, and not again where it was computed ahead', async () => {
    const computed: number[] = [];
    const model = sums();
    const open = () => {
      const opened = model.open();
      const add = (n: number) => {
        computed.push(n);
        opened.writers.add(n);
      };
      return { ...opened, writers: { add } };
    };
    const { write, ahead } = computerOf({ ...model, open });
    await write(1);
    await ahead(1, 2);
    await write(2);
    expect(computed).to.deep.equal([1, 2]);
  });

  it('is asked for behind what was sent, where it is not known', async () => {
    const { computer, write, ahead } = computerOf();
    const [written] = [write(1), ahead(1, 2)];
    await written;
    expect(steps).to.deep.equal(['asked', 'sent 1 makes 101']);
    await computer.forget();
  });

  it('is not computed ahead on another batch than the one that is written', async () => {
    const { write, ahead } = computerOf();
    await ahead(1, 2);
    await write(1);
    await ahead(2, 4);
    await write(2);
    expect(steps.filter((step) => step.startsWith('sent'))).to.deep.equal(['sent 1 makes 101', 'sent 2 makes 103']);
    expect(steps).not.to.include('rolled back');
  });

  it('is computed anew where the batch before was not written', async () => {
    const { answers, write, ahead } = computerOf();
    const first = await write(1);
    await ahead(1, 2);
    answers[0]?.refuse();
    expect(await first.outcome).to.equal('Error: refused');
    await write(2);
    expect(steps).to.deep.equal(['asked', 'sent 1 makes 101', 'rolled back', 'asked', 'sent 2 makes 102']);
  });

  it('is computed anew where other events are written than were computed ahead', async () => {
    for (const others of [[4], [2, 4], []]) {
      steps = [];
      const { write, ahead } = computerOf();
      await write(1);
      await ahead(1, 2);
      await write(...others);
      const sum = others.reduce((total, n) => total + n, 100);
      expect(steps.slice(2)).to.deep.equal(['rolled back', 'asked', `sent ${others.join('+')} makes ${sum}`]);
    }
  });

  it('is computed anew once another node may have written', async () => {
    const { computer, write, ahead } = computerOf();
    await write(1);
    await ahead(1, 2);
    await computer.forget();
    await write(2);
    expect(steps.slice(2)).to.deep.equal(['rolled back', 'asked', 'sent 2 makes 102']);
    await computer.forget();
    await write(4);
    expect(steps.slice(5)).to.deep.equal(['asked', 'sent 4 makes 104']);
  });

  it('fails when it is its turn, and not ahead, where what it depends on cannot be read', async () => {
    const { answers, write, ahead } = computerOf();
    const first = await write(1);
    isUnreadable = true;
    await ahead(1, 2);
    answers[0]?.commit();
    expect(await first.outcome).to.equal('written');
    expect(steps.slice(2)).to.deep.equal(['asked', 'rolled back', 'committed']);
    const second = await write(2);
    expect(await second.outcome).to.equal('Error: the connection was cut');
    isUnreadable = false;
    await write(2);
    expect(steps.at(-1)).to.equal('sent 2 makes 102');
  });

  it('is computed when it is its turn alone, where its writer cannot tell two batches apart', async () => {
    const { answers, write, ahead } = computerOf(sums(false));
    const first = await write(1);
    await ahead(1, 2);
    answers[0]?.commit();
    await first.outcome;
    await write(2);
    expect(steps.at(-1)).to.equal('sent 2 makes 103');
  });
});
