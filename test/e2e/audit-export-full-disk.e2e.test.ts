import { mkdtemp, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors } from '../support/audit-calls.js';
import { call } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { beginExport, exported, logKeyOf, verifyBoth } from '../support/export-calls.js';
import { signUp, type SignedUp } from '../support/signed-up.js';
import { tableOnSmallDisk, type SmallDisk } from '../support/small-disk.js';
import { upload } from '../support/upload.js';

const MEBIBYTE = 1_048_576;
const DISK_MEBIBYTES = 16;
/** A page of the database has room for less than that: behind it the table must grow. */
const LARGE = 'x'.repeat(7_900);

describe('an export while the disk of the log is full', function () {
  this.timeout(240_000);
  let app: RunningApp;
  let pool: pg.Pool;
  let disk: SmallDisk | undefined;
  let folder: string;
  let eva: SignedUp;
  let ada: SignedUp;
  let key: string;

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), 'chatapp-full-'));
    app = await startApp();
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    [eva, ada] = [await signUp(app, 'eva'), await signUp(app, 'ada')];
    await makeAuditors(app, eva);
    key = await logKeyOf(app, eva);
    for (let n = 0; n < 3; n += 1) await upload(app, ada, randomBytes(20 * MEBIBYTE), `large-${n}.bin`);
    disk = await tableOnSmallDisk(pool, 'log.events', DISK_MEBIBYTES);
    if (!disk) this.skip(); // Root alone may mount a small disk.
  });
  after(async () => {
    await disk?.remove();
    await pool.end();
    await app.stop();
    await rm(folder, { recursive: true });
  });

  const statusOf = (method: string, path: string, json?: object) =>
    fetch(app.url + path, {
      method,
      headers: { authorization: `Bearer ${ada.accessToken}`, 'content-type': 'application/json' },
      ...(json && { body: JSON.stringify(json) }),
    }).then(({ status }) => status);
  const say = () => statusOf('POST', '/message/v1/send', { recipientId: eva.userId, text: LARGE });
  /** Leaves no room for the smallest event: the last page of the table has some for those that are smaller than others. */
  const fillUp = async () => {
    await disk?.fill();
    await eventually(say, (status) => status === 503);
    const refused = { PUT: false, DELETE: false };
    await eventually(
      async () => {
        for (const method of ['PUT', 'DELETE'] as const)
          refused[method] = (await statusOf(method, `/user/v1/contacts/${eva.userId}`)) === 503;
        return refused;
      },
      () => refused.PUT || refused.DELETE,
    );
  };
  const endsOf = async () => {
    const { body } = await auditing(app, eva)('GET', '/events?type=AuditStreamEnded&limit=500');
    return (body['events'] as { data: { end: string } }[]).map(({ data }) => data.end);
  };

  it('is cut off, as its end cannot be recorded; nobody is kept from reading, and all goes on once there is room', async () => {
    const running = await beginExport(app, eva, 'after=0');
    let bytes = 0;
    running.once('data', (piece: Buffer) => {
      bytes += piece.length;
      running.pause();
    });
    await eventually(
      async () => bytes,
      (read) => read > 0,
    );
    await fillUp();
    const token = ada.accessToken;
    expect((await call(app, 'GET', '/conversation/v1', { token })).status).to.equal(200);
    const refused = await fetch(`${app.url}/audit/v1/exports?after=0`, {
      headers: { authorization: `Bearer ${eva.accessToken}`, 'x-audit-reason': 'Complaint 2026-17' },
    });
    expect(refused.status, await refused.text()).to.equal(503);
    running.on('data', (piece: Buffer) => (bytes += piece.length));
    running.resume();
    await eventually(
      async () => running.closed,
      (isClosed) => isClosed,
    );
    expect(running.complete).to.equal(false);
    expect(bytes).to.be.above(20 * MEBIBYTE);

    await disk?.empty();
    await eventually(say, (status) => status === 201);
    // What was not stored in time may have been stored all the same, once there was room.
    const before = await endsOf();
    const bundle = await exported(app, eva, 'after=0');
    expect(await verifyBoth(folder, key, bundle)).to.include({ complete: true });
    const after = await eventually(endsOf, ({ length }) => length > before.length);
    expect(after).to.deep.equal([...before, 'complete']);
    const both = await Promise.all([beginExport(app, eva, 'after=0'), beginExport(app, eva, 'after=0')]);
    expect(both.map(({ statusCode }) => statusCode)).to.deep.equal([200, 200]);
    for (const response of both) response.destroy();
  });
});
