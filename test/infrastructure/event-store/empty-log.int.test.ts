import { expect } from 'chai';
import type { EventStore } from '../../../src/application/ports/event-store.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { createMemoryEventStore } from '../../../src/infrastructure/event-store/memory/memory-event-store.js';
import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { collect } from '../../contracts/store-steps.js';
import { testDatabase } from '../../support/postgres.js';
import { testCodec } from '../../support/test-codec.js';

const log = { warn: () => undefined, error: () => undefined };

const openPostgres = async () => {
  const { pool, drop } = await testDatabase();
  const store = await createPostgresEventStore({ pool, codec: testCodec, log });
  return { store, close: async () => store.close().then(drop) };
};
const openMemory = async () => ({ store: createMemoryEventStore(testCodec), close: async () => undefined });

/** Answers the batches up to the first one that says that the end was reached. */
const catchUp = async (store: EventStore) => {
  for await (const { events, position, caughtUp } of store.subscribe({ signal: new AbortController().signal }))
    if (caughtUp) return { events, position };
  return undefined;
};

for (const [where, open] of [
  ['in memory', openMemory],
  ['in PostgreSQL', openPostgres],
] as const)
  it(`An empty log ${where} begins at the start, holds nothing, and tells a subscriber that it has caught up`, async () => {
    const { store, close } = await open();
    expect(await store.head()).to.equal(LOG_START);
    expect(await collect(store.readAll())).to.deep.equal([]);
    expect(await collect(store.readAll({ direction: 'backwards' }))).to.deep.equal([]);
    expect(await catchUp(store)).to.deep.equal({ events: [], position: LOG_START });
    await close();
  });
