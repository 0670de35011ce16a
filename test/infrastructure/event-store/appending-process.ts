import pg from 'pg';
import { streamOf } from '../../../src/domain/kernel/ids.js';
import { createPostgresEventStore } from '../../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { eventNumbered, testCodec } from '../../support/test-codec.js';

/** Appends this many events, several at a time, and ends. */
const [url = '', count = '0'] = process.argv.slice(2);
const CALLERS = 5;

const pool = new pg.Pool({ connectionString: url, max: 2 });
const store = await createPostgresEventStore({
  pool,
  codec: testCodec,
  log: { warn: () => undefined, error: () => undefined },
});
let left = Number(count);
const call = async () => {
  while (left-- > 0)
    await store.append({
      streams: [{ streamId: streamOf('shared', String(left % 7)), expected: 'any', events: [eventNumbered(left)] }],
    });
};
await Promise.all(Array.from({ length: CALLERS }, call));
await store.close();
await pool.end();
