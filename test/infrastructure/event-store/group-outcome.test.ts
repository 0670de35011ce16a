import { expect } from 'chai';
import {
  ConcurrencyError,
  EventIdConflictError,
  type AppendResult,
} from '../../../src/application/ports/event-store.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import {
  settleAll,
  settleEach,
  type OutcomeRow,
} from '../../../src/infrastructure/event-store/postgres/group-outcome.js';
import type { PendingAppend } from '../../../src/infrastructure/event-store/postgres/pending-append.js';
import type { PreparedTouch } from '../../../src/infrastructure/event-store/prepared-append.js';
import { eventNumbered } from '../../support/test-codec.js';

const stream = (name: string) => streamOf('thing', name);

const touch = (name: string, ...numbers: readonly number[]): PreparedTouch => ({
  streamId: stream(name),
  expected: 'any',
  events: numbers.map((n) => {
    const event = eventNumbered(n);
    const bytes = { data: Buffer.from(String(n)), metadata: Buffer.of() };
    return { event, encoded: { schemaVersion: 10 + n, ...bytes, decoded: event } };
  }),
});

/** Makes a group of appends, and answers what each of them was told. */
const groupOf = (...appends: readonly (readonly PreparedTouch[])[]) => {
  const told: (AppendResult | { readonly refused: Error } | undefined)[] = appends.map(() => undefined);
  const group = appends.map((touches, index): PendingAppend => ({
    touches,
    events: touches.flatMap(({ events }) => events),
    bytes: 0,
    giveUpAt: 0,
    resolve: (result) => (told[index] = result),
    reject: (refused) => (told[index] = { refused }),
  }));
  return { group, told };
};

describe('A group that fitted as a whole', () => {
  it('has its events numbered on from the head and from the revisions that were seen', () => {
    const first = [touch('a', 1, 2), touch('read'), touch('b', 3)];
    const second = [touch('a', 4)];
    const { group, told } = groupOf(first, second);
    const recorded = settleAll(group, 99, [6, 4, -1, 8]);
    expect(told).to.deep.equal([
      { position: '102', repeated: false },
      { position: '103', repeated: false },
    ]);
    const [one, two, three, four] = group.flatMap(({ events }) => events.map(({ event }) => event));
    expect(recorded).to.deep.equal([
      { ...one, streamId: stream('a'), position: '100', revision: 7, schemaVersion: 11 },
      { ...two, streamId: stream('a'), position: '101', revision: 8, schemaVersion: 12 },
      { ...three, streamId: stream('b'), position: '102', revision: 0, schemaVersion: 13 },
      { ...four, streamId: stream('a'), position: '103', revision: 9, schemaVersion: 14 },
    ]);
  });
});

describe('A group that was judged one by one', () => {
  const row: OutcomeRow = {
    append: 1,
    status: 'appended',
    last_position: '5',
    stream_id: stream('a'),
    expected: 0,
    actual: 0,
    event_id: eventNumbered(0).eventId,
    seen: [],
  };
  const judged = (...rows: readonly OutcomeRow[]) => {
    const { group, told } = groupOf(...rows.map(() => [touch('a', 1)]));
    settleEach(group, rows);
    return told;
  };

  it('gives each append its own outcome, in whatever order they come', () => {
    expect(
      judged({ ...row, append: 2, status: 'repeated', last_position: '3' }, { ...row, last_position: '5' }),
    ).to.deep.equal([
      { position: '5', repeated: false },
      { position: '3', repeated: true },
    ]);
  });

  const conflicts: readonly (readonly [number, number, object])[] = [
    [4, 6, { expected: 4, actual: 6 }],
    [0, -1, { expected: 0, actual: 'no stream' }],
    [-1, 0, { expected: 'no stream', actual: 0 }],
    [-2, -1, { expected: 'stream exists', actual: 'no stream' }],
  ];
  for (const [expected, actual, shown] of conflicts)
    it(`says what was found instead: ${JSON.stringify(shown)}`, () => {
      const [told] = judged({ ...row, status: 'conflict', expected, actual });
      expect(told)
        .to.have.property('refused')
        .that.is.instanceOf(ConcurrencyError)
        .and.include({ streamId: stream('a'), ...shown });
    });

  it('names the event whose id is taken', () => {
    const [told] = judged({ ...row, status: 'id conflict' });
    expect(told)
      .to.have.property('refused')
      .that.is.instanceOf(EventIdConflictError)
      .and.include({ eventId: row.event_id });
  });

  it('fails an append that the log did not answer for, and no other', () => {
    const [first, second] = judged(row, { ...row, append: 3 });
    expect(first).to.have.property('position', '5');
    expect(second).to.have.nested.property('refused.message').that.includes('did not answer');
  });
});
