import { expect } from 'chai';
import pg from 'pg';
import type { NewEvent } from '../../src/application/ports/event-store.js';
import { INDEX_STREAM, INDEX_TYPE } from '../../src/domain/audit/subject-tree.js';
import type { StreamId } from '../../src/domain/kernel/ids.js';
import { createLogTree } from '../../src/infrastructure/audit/postgres-log-tree.js';
import { createPostgresEventStore } from '../../src/infrastructure/event-store/postgres/postgres-event-store.js';
import { startApp, type RunningApp } from '../support/app.js';
import { makeAuditors, toolEnvironment } from '../support/audit-calls.js';
import { call } from '../support/call.js';
import { chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { exported } from '../support/export-calls.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { eventNumbered, testCodec } from '../support/test-codec.js';

// It writes into the log behind the server's back: the log is in PostgreSQL.
describe('The indexes of conversations and users', function () {
  this.timeout(240_000);
  let app: RunningApp;
  let pool: pg.Pool;
  let ada: SignedUp;

  before(async () => {
    app = await startApp({ env: { RATE_LIMIT_SCALE: '1000' } });
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    const [eva, bob] = [await signUp(app, 'eva'), await signUp(app, 'bob')];
    ada = await signUp(app, 'ada');
    await makeAuditors(app, eva);
    await send(app, ada, { recipientId: bob.userId, text: 'between us' });
    await exported(app, eva, `userId=${bob.userId}`);
  });
  after(async () => {
    await pool.end();
    await app.stop();
  });

  /** Appends an event as a server does that says of its log what it likes. */
  const append = async (data: Record<string, unknown>): Promise<string> => {
    const quiet = { warn: () => undefined, error: () => undefined };
    const store = await createPostgresEventStore({ pool, codec: testCodec, log: quiet });
    const event = { ...eventNumbered(1), type: INDEX_TYPE, data } as NewEvent;
    const streams = [{ streamId: INDEX_STREAM as StreamId, expected: 'any' as const, events: [event] }];
    const { position } = await store.append({ streams, conditions: [] });
    await store.close();
    await eventually(
      () => createLogTree(pool).indexOf(position),
      (leaf) => leaf !== undefined,
    );
    return position;
  };

  it('are held against the log by the tool, also behind an erasure, and a server that lies in one is found', async () => {
    const { rows } = await pool.query<{ data: Buffer }>(
      'select data from log.events where stream_id = $1 order by position desc limit 1',
      [INDEX_STREAM],
    );
    const said = JSON.parse(rows[0]?.data.toString() ?? '{}') as { subjects: number };
    await call(app, 'DELETE', '/user/v1/me', { token: ada.accessToken, json: { password: ada.password } });
    const { code, out, err } = await chatappHere(toolEnvironment(app), 'audit', 'verify');
    expect(code, out + err).to.equal(0);
    expect(out).to.match(/\nindexes of conversations and users: [1-9]\d* fit\n/);
    const root = Buffer.alloc(32).toString('base64');
    const position = await append({ ...said, root });
    const found = await chatappHere(toolEnvironment(app), 'audit', 'verify');
    expect(found.code, found.err).to.equal(3);
    expect(found.err).to.include(`the log does not fit: index at position ${position}, stream ${INDEX_STREAM}: `);
  });
});
