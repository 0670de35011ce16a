import type { EventBatch } from '../../src/application/ports/event-store.js';
import { PROMPT } from '../../src/application/projections/pace.js';
import type { Projection, Projector } from '../../src/application/projections/projector.js';
import type { RequestEvents } from '../../src/domain/requests/events.js';
import type { Position } from '../../src/domain/kernel/ids.js';
import type { ReadModel } from '../../src/infrastructure/projections/postgres/read-model.js';
import { recordedAt } from './recorded-event.js';

/** The writer of the smallest projection. */
export interface Numbers {
  add(n: number): void;
}

const numbers: Projector<RequestEvents, Numbers> = {
  name: 'numbers',
  on: { RequestAccepted: (kept, { data }) => kept.add(data.answer['n'] as number) },
};

/** A projection of no feature. It keeps the number of each event. */
export const numbersProjection: Projection<Numbers> = {
  name: 'numbers',
  version: 3,
  projectors: [numbers],
  rebuildable: true,
  isQueried: true,
  pace: PROMPT,
  redrivenBy: 'applying',
};

/** A read model of one table, which holds the numbers. */
export const numbersReadModel: ReadModel<Numbers> = {
  tables: 'create table numbers (n integer primary key)',
  recent: () => [],
  open: () => {
    let added: number[] = [];
    const statements = () => [{ text: 'insert into numbers select unnest($1::integer[])', values: [added] }];
    const settle = (results: unknown) => {
      if (!results) added = [];
    };
    const taken = () => (added = []);
    return { writers: { add: (n) => void added.push(n) }, batch: [{ statements, settle, taken }] };
  },
};

/** Makes a batch of the events at these positions, as a subscription yields it. */
export const batchOf = (...positions: readonly number[]): EventBatch => ({
  after: String((positions[0] ?? 1) - 1) as Position,
  events: positions.map(recordedAt),
  undecodable: [],
  position: String(positions.at(-1)) as Position,
  passed: positions.length,
  caughtUp: false,
});
