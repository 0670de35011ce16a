import { expect } from 'chai';
import { streamOf, type Instant } from '../../../src/domain/kernel/ids.js';
import { logStats } from '../../../src/infrastructure/event-store/postgres/log-stats.js';
import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { createPool } from '../../../src/infrastructure/postgres/pool.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';

const log = { warn: () => undefined, error: () => undefined };

describe('What the log holds', () => {
  let database: TestDatabase;

  beforeEach(async () => (database = await testDatabase()));
  afterEach(() => database.drop());

  it('is nothing in an empty one', async () => {
    expect(await logStats(database.pool)).to.deep.equal({
      events: 0,
      bytes: 0,
      streams: 0,
      head: '0',
      firstAt: null,
      lastAt: null,
      types: [],
    });
  });

  it('is counted by type, the most frequent first, with the bytes of its content', async () => {
    const store = await createPostgresEventStore({ pool: database.pool, codec: testCodec, log });
    const streams = [
      { streamId: streamOf('thing', '1'), events: [eventNumbered(1, 'SessionRefreshed'), eventNumbered(2)] },
      { streamId: streamOf('thing', '2'), events: [eventNumbered(3)] },
    ];
    const last = { ...streams[1]!.events[0]!.metadata, recordedAt: '2026-01-02T00:00:00.000Z' as Instant };
    streams[1]!.events[0] = { ...streams[1]!.events[0]!, metadata: last };
    await store.append({ streams: streams.map((each) => ({ ...each, expected: 'no stream' })) });
    await store.close();
    const sizes = (await testCodec.encode(streams)).map(({ data, metadata }) => data.length + metadata.length);
    const [other = 0, second = 0, third = 0] = sizes;
    expect(await logStats(database.pool)).to.deep.equal({
      events: 3,
      bytes: other + second + third,
      streams: 2,
      head: '3',
      firstAt: '2026-01-01T00:00:00.000Z',
      lastAt: '2026-01-02T00:00:00.000Z',
      types: [
        { type: 'RequestAccepted', events: 2, bytes: second + third },
        { type: 'SessionRefreshed', events: 1, bytes: other },
      ],
    });
  });

  it('is read on a connection that is released', async () => {
    const pool = createPool({ url: database.url, max: 1, name: 'test', onIdleError: () => undefined });
    for (let n = 0; n < 2; n += 1) expect(await logStats(pool)).to.include({ events: 0 });
    await pool.end();
  });
});
