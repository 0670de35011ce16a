import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors, toolEnvironment } from '../support/audit-calls.js';
import { call, expectProblem } from '../support/call.js';
import { chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import {
  beginExport,
  exported,
  linesIn,
  logKeyOf,
  nextPart,
  verifyBoth,
  type Exported,
} from '../support/export-calls.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { upload } from '../support/upload.js';

const MEBIBYTE = 1_048_576;

describe('The bundles that auditors export', function () {
  this.timeout(240_000);
  let app: RunningApp;
  let eva: SignedUp;
  let fritz: SignedUp;
  let ada: SignedUp;
  let bob: SignedUp;
  let carl: SignedUp;
  let key: string;
  let folder: string;
  let sent: { messageId: string; conversationId: string; position: string };
  let file: { mediaId: string };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chatapp-exports-'));
    app = await startApp({ env: { RATE_LIMIT_SCALE: '1000' } });
    [eva, fritz] = [await signUp(app, 'eva'), await signUp(app, 'fritz')];
    [ada, bob, carl] = [await signUp(app, 'ada'), await signUp(app, 'bob'), await signUp(app, 'carl')];
    await makeAuditors(app, eva, fritz);
    key = await logKeyOf(app, eva);
    sent = await send(app, ada, { recipientId: bob.userId, text: 'I owe you 100 €' });
    file = await upload(app, ada, randomBytes(3 * MEBIBYTE), 'scan.bin');
    await send(app, ada, { recipientId: bob.userId, text: 'the contract', attachments: [file.mediaId] });
    await send(app, carl, { recipientId: bob.userId, text: 'carl wrote this' });
    await call(app, 'DELETE', '/user/v1/me', { token: carl.accessToken, json: { password: carl.password } });
  });
  after(async () => {
    await app.stop();
    await rm(folder, { recursive: true });
  });

  const verify = (bundle: Exported) => verifyBoth(folder, key, bundle);
  const headOf = async () => (await send(app, bob, { recipientId: ada.userId, text: 'here' })).position;
  const endsOf = async () => {
    const { body } = await auditing(app, fritz)('GET', '/events?type=AuditStreamEnded&limit=500');
    return (body['events'] as { data: { results: number; end: string } }[]).map(({ data: { results, end } }) => ({
      results,
      end,
    }));
  };
  const lastEnd = async () => (await endsOf()).at(-1);
  const textsIn = (bundle: Exported) =>
    linesIn(bundle, 'view.ndjson').flatMap(({ data }) => (data as { text?: string }).text ?? []);

  it('are verified offline while the chat goes on, and name what was written', async () => {
    const over = new AbortController();
    const chat = (async () => {
      for (let n = 0; !over.signal.aborted; n += 1)
        await send(app, bob, { recipientId: ada.userId, text: `meanwhile ${n}` });
    })();
    const bundles = await Promise.all([exported(app, eva, 'after=0'), exported(app, eva, 'after=0')]);
    over.abort();
    await chat;
    for (const bundle of bundles) {
      const verified = await verify(bundle);
      expect(verified).to.include({ complete: true, events: Number(bundle.headers.get('x-events')) });
      expect(verified.scope).to.include({ kind: 'range', from: '1' });
      expect(textsIn(bundle)).to.include.members(['I owe you 100 €', 'the contract']);
      expect(bundle.headers.get('content-disposition')).to.match(/^attachment; filename="audit-1-\d+\.zip"$/);
      expect(bundle.headers.get('link')).to.equal(null);
    }
    const { events } = await verify(bundles[0]);
    await eventually(endsOf, (ends) => ends.some(({ end, results }) => end === 'complete' && results === events));
  });

  it('hold the files that were uploaded, and a transcript with names', async () => {
    const bundle = await exported(app, eva, `after=${Number(sent.position) - 1}`);
    await verify(bundle);
    expect([...bundle.parts.keys()]).to.include(`media/${file.mediaId}`);
    const transcript = bundle.parts.get('transcript.html') ?? '';
    expect(transcript).to.include(`<td><bdi>ada</bdi><br><small>${ada.userId}</small></td>`);
    expect(transcript).to.include('I owe you 100 €').and.to.include('<td>Message sent</td>');
    expect(transcript).to.include(`<bdi>scan.bin</bdi> · <i>media/${file.mediaId}</i>`);
  });

  it('say what is erased, and hold no key of who was erased', async () => {
    const bundle = await exported(app, eva, 'after=0');
    await verify(bundle);
    const views = linesIn(bundle, 'view.ndjson');
    const ofCarl = views.filter(({ type, actorId }) => type === 'MessageSent' && actorId === carl.userId);
    expect(ofCarl.map(({ closed }) => closed)).to.deep.equal(['erased']);
    const keys = linesIn(bundle, 'keys.ndjson').map(({ index }) => index);
    expect(keys).not.to.include(ofCarl[0]?.['index']);
    for (const text of ['carl wrote this', 'passwordHash'])
      for (const [name, content] of bundle.parts) expect(content, name).not.to.include(text);
    const withheld = views.filter(({ type }) => type === 'UserRegistered').map(({ closed }) => closed);
    expect(withheld).to.include('withheld');
  });

  it('come in parts that adjoin, each of which is proven to be whole', async () => {
    const before = String(Number(await headOf()) + 1);
    const ranges: { from: string; to: string }[] = [];
    let query: string | undefined = `after=0&before=${before}&limit=20`;
    while (query !== undefined) {
      const bundle: Exported = await exported(app, eva, query);
      const { scope, events } = await verify(bundle);
      expect(events).to.be.at.most(20);
      ranges.push(scope as unknown as { from: string; to: string });
      query = nextPart(bundle);
    }
    expect(ranges.length).to.be.at.least(2);
    expect(ranges[0]).to.include({ from: '1' });
    expect(ranges.at(-1)).to.include({ to: String(Number(before) - 1) });
    for (const [at, { from }] of ranges.slice(1).entries()) expect(Number(from)).to.equal(Number(ranges[at]?.to) + 1);
  });

  it('are of a time', async () => {
    const { body } = await auditing(app, eva)('GET', `/events?streamId=message-${sent.messageId}`);
    const recordedAt = (body['events'] as { recordedAt: string }[])[0]?.recordedAt ?? '';
    const bundle = await exported(app, eva, `from=${recordedAt}`);
    expect((await verify(bundle)).scope)
      .to.have.property('from')
      .that.is.a('string');
    expect(textsIn(bundle)[0]).to.equal('I owe you 100 €');
    const before = await exported(app, eva, `to=${recordedAt}`);
    expect(textsIn(before)).not.to.include('I owe you 100 €');
  });

  it('are refused without a role, a reason, or a range that has events and goes forwards', async () => {
    const asked = (query: string, auditor = eva) => auditing(app, auditor)('GET', `/exports?${query}`);
    expectProblem(
      await call(app, 'GET', '/audit/v1/exports', { token: eva.accessToken }),
      400,
      'audit_reason_required',
    );
    expectProblem(await asked('after=0', ada), 403, 'forbidden');
    expectProblem(await asked('after=9&before=9'), 400, 'audit_range_backwards');
    expectProblem(await asked('after=9&before=10'), 404, 'audit_export_empty');
    expectProblem(await asked('after=999999999999999999'), 404, 'audit_export_empty');
    expectProblem(await asked('from=2999-01-01T00:00:00Z'), 404, 'audit_export_empty');
    for (const wrong of ['after=-1', 'limit=0', 'limit=10001', 'cursor=e1', 'what=1', 'after=1&after=2'])
      expectProblem(await asked(wrong), 400, 'invalid_request');
    const { body } = await auditing(app, fritz)('GET', '/events?type=AuditAnswered&limit=500');
    const refusals = (body['events'] as { data: { call: string; refusal: string } }[])
      .filter(({ data }) => data.call === 'GET /audit/v1/exports')
      .map(({ data }) => data.refusal);
    expect(refusals).to.include.members(['audit_range_backwards', 'audit_export_empty']);
  });

  describe('while they are read', () => {
    it('take no more memory the larger they are', async () => {
      const peak = async () => /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${app.pid}/status`, 'utf8'))?.[1];
      const before = await peak().catch(() => undefined); // there is no such file but in Linux
      for (let n = 0; n < 4; n += 1) await upload(app, ada, randomBytes(20 * MEBIBYTE), `large-${n}.bin`);
      const uploaded = await peak().catch(() => undefined);
      const response = await beginExport(app, eva, `after=${sent.position}`);
      let bytes = 0;
      for await (const piece of response) bytes += (piece as Buffer).length;
      const after = await peak().catch(() => undefined);
      expect(bytes).to.be.above(80 * MEBIBYTE);
      process.stdout.write(
        `      a bundle of ${Math.round(bytes / MEBIBYTE)} MiB: peak ${before} kB, ${uploaded}, ${after}\n`,
      );
    });

    const tooMany = async () => {
      const all = await Promise.all([beginExport(app, eva, 'after=0'), beginExport(app, eva, 'after=0')]);
      expectProblem(await auditing(app, eva)('GET', '/exports?after=0'), 409, 'audit_exports_running');
      return all;
    };

    it('leave nothing behind where their reader goes away, and keep nobody else from theirs', async () => {
      for (let n = 0; n < 3; n += 1) {
        const running = await tooMany();
        const other = await exported(app, fritz, `before=${sent.position}`);
        expect((await verify(other)).events).to.equal(Number(other.headers.get('x-events')));
        const ended = (await endsOf()).length;
        for (const response of running) response.destroy();
        await eventually(endsOf, (ends) => ends.length >= ended + 2);
        expect(await lastEnd()).to.include({ end: 'client_left' });
      }
      await exported(app, eva, `before=${sent.position}`);
    });

    it('are cut off, and cannot be opened, where the role is taken away', async () => {
      const response = await beginExport(app, eva, 'after=0');
      const held: Buffer[] = [];
      response.once('data', (piece: Buffer) => {
        held.push(piece);
        response.pause();
      });
      await eventually(
        async () => held.length,
        (pieces) => pieces > 0,
      );
      await chatappHere(toolEnvironment(app), 'users', 'revoke', 'eva', 'auditor');
      response.on('data', (piece: Buffer) => void held.push(piece));
      response.resume();
      await eventually(
        async () => response.closed,
        (isClosed) => isClosed,
      );
      expect(response.complete).to.equal(false);
      const failure = await verifyBoth(folder, key, { bytes: Buffer.concat(held) }).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(Error);
      await eventually(lastEnd, (end) => end?.end === 'right_lost');
      await makeAuditors(app, eva);
    });
  });
});
