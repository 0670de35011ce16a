import { expect } from 'chai';
import { EventStoreUnavailableError, type EventStore } from '../../../src/application/ports/event-store.js';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { eventually } from '../../support/eventually.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';

const log = { warn: () => undefined, error: () => undefined };

describe('The event store in PostgreSQL, from its opening to its closing', () => {
  let database: TestDatabase;
  beforeEach(async () => (database = await testDatabase()));
  afterEach(() => database.drop());

  const open = () => createPostgresEventStore({ pool: database.pool, codec: testCodec, log });
  const append = (store: EventStore, ...events: ReturnType<typeof eventNumbered>[]) =>
    store.append({ streams: [{ streamId: streamOf('thing', '1'), expected: 'any', events }] });

  it('writes down each type before its first event, so that a program that cannot read it says so at its start', async () => {
    const store = await open();
    await append(store, eventNumbered(1), eventNumbered(2, 'SessionRefreshed'));
    await append(store, eventNumbered(3, 'EmailVerified'), eventNumbered(4));
    await store.close();
    const { rows } = await database.pool.query('select type, schema_version from log.event_types order by type');
    expect(rows).to.deep.equal([
      { type: 'EmailVerified', schema_version: 1 },
      { type: 'RequestAccepted', schema_version: 2 },
      { type: 'SessionRefreshed', schema_version: 1 },
    ]);
  });

  it('keeps no connection once it is closed, and takes nothing more', async () => {
    const ownSessions = async () => {
      const { rows } = await database.pool.query<{ name: string }>(
        `select application_name as name from pg_stat_activity
          where datname = current_database() and application_name <> 'test' order by 1`,
      );
      return rows.map(({ name }) => name);
    };
    const store = await open();
    await append(store, eventNumbered(1));
    expect(await ownSessions()).to.deep.equal(['chatapp log writer', 'listener of chatapp_log']);
    await store.close();
    await eventually(ownSessions, (names) => names.length === 0); // they end a moment later
    const refusal = await append(store, eventNumbered(2)).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(EventStoreUnavailableError);
    expect(String(refusal)).to.include('the log is closed');
  });
});
