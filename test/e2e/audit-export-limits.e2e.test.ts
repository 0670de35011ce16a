import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors } from '../support/audit-calls.js';
import { call } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { beginExport, exported } from '../support/export-calls.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { upload } from '../support/upload.js';

const MEBIBYTE = 1_048_576;
const MOST_EXPORTED = 10_000;
const SENDERS = 50;

describe('An export of much', function () {
  this.timeout(400_000);
  let app: RunningApp;
  let eva: SignedUp;
  let fritz: SignedUp;
  let ada: SignedUp;
  let conversationId: string;

  before(async () => {
    app = await startApp({ env: { RATE_LIMIT_SCALE: '100000' } });
    [eva, fritz, ada] = [await signUp(app, 'eva'), await signUp(app, 'fritz'), await signUp(app, 'ada')];
    await makeAuditors(app, eva, fritz);
    ({ conversationId } = await send(app, ada, { recipientId: fritz.userId, text: 'the first' }));
  });
  after(() => app.stop());

  const endsOf = async () => {
    const { body } = await auditing(app, fritz)('GET', '/events?type=AuditStreamEnded&limit=500');
    return (body['events'] as { data: { results: number; end: string } }[]).map(({ data }) => data);
  };
  /** Answers how much the server has read so far, of files and of connections; other systems than Linux do not say it. */
  const bytesRead = async (): Promise<number> => {
    const text = await readFile(`/proc/${app.pid}/io`, 'utf8').catch(() => '');
    return Number(/rchar: (\d+)/.exec(text)?.[1] ?? 0);
  };

  it('waits for a reader who takes nothing, reads nothing for them meanwhile, and keeps nobody waiting', async () => {
    for (let n = 0; n < 4; n += 1) await upload(app, ada, randomBytes(20 * MEBIBYTE), `large-${n}.bin`);
    const atFirst = await bytesRead();
    const slow = await beginExport(app, eva, 'after=0');
    let bytes = 0;
    slow.once('data', (piece: Buffer) => {
      bytes += piece.length;
      slow.pause();
    });
    await eventually(
      async () => bytes,
      (read) => read > 0,
    );
    for (let n = 0; n < 50; n += 1) await send(app, ada, { conversationId, text: `meanwhile ${n}` });
    expect((await exported(app, fritz, 'after=0&before=5')).headers.get('x-events')).to.equal('4');
    let last = atFirst;
    const isStill = async () => {
      const read = (await bytesRead()) - last;
      last += read;
      return read < MEBIBYTE;
    };
    await eventually(isStill, (still) => still); // What the server has begun to read for the slow one comes to its end.
    expect(last - atFirst).to.be.below(40 * MEBIBYTE);
    expect((await endsOf()).map(({ end }) => end)).to.deep.equal(['complete']);

    slow.on('data', (piece: Buffer) => (bytes += piece.length));
    slow.resume();
    await eventually(
      async () => slow.closed,
      (isClosed) => isClosed,
    );
    expect(slow.complete).to.equal(true);
    expect(bytes).to.be.above(80 * MEBIBYTE);
    const ends = await eventually(endsOf, (all) => all.length === 2);
    expect(ends.at(-1)).to.include({ end: 'complete', results: Number(slow.headers['x-events']) });
  });

  it('is refused beyond what one bundle holds, so that nobody takes a part for the whole', async () => {
    let left = MOST_EXPORTED;
    const sender = async () => {
      while ((left -= 1) >= 0) await send(app, ada, { conversationId, text: 'one of many' });
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
    /** What is new may have no proof yet: then it is asked for again. */
    const asked = (query: string) =>
      eventually(
        async () => {
          const headers = { authorization: `Bearer ${eva.accessToken}`, 'x-audit-reason': 'Complaint 2026-17' };
          const response = await fetch(`${app.url}/audit/v1/exports?${query}`, { headers });
          return { status: response.status, code: ((await response.json()) as { code: string }).code };
        },
        ({ status }) => status !== 503,
      );
    for (const query of ['after=0', `conversationId=${conversationId}`, `userId=${ada.userId}`])
      expect(await asked(query), query).to.deep.equal({ status: 413, code: 'audit_export_too_large' });
    const part = await beginExport(app, eva, `after=0&limit=${MOST_EXPORTED}`);
    part.destroy();
    expect(part.headers).to.include({ 'x-events': String(MOST_EXPORTED) });
    expect(part.headers.link).to.include('rel="next"');
    const token = ada.accessToken;
    expect((await call(app, 'GET', '/conversation/v1', { token })).status).to.equal(200);
  });
});
