import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { auditing, makeAuditors } from '../support/audit-calls.js';
import { call, expectProblem } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { exported, linesIn, logKeyOf, nextPart, verifyBoth, type Exported } from '../support/export-calls.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { upload } from '../support/upload.js';

describe('The bundles of a conversation and of a user', function () {
  this.timeout(240_000);
  let app: RunningApp;
  let pool: pg.Pool;
  let eva: SignedUp;
  let ada: SignedUp;
  let bob: SignedUp;
  let carl: SignedUp;
  let key: string;
  let folder: string;
  let sent: { messageId: string; conversationId: string; position: string };
  let file: { mediaId: string };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chatapp-subjects-'));
    app = await startApp({ env: { RATE_LIMIT_SCALE: '1000' } });
    pool = new pg.Pool({ connectionString: app.databaseUrl });
    [eva, ada, bob] = [await signUp(app, 'eva'), await signUp(app, 'ada'), await signUp(app, 'bob')];
    carl = await signUp(app, 'carl');
    await makeAuditors(app, eva);
    key = await logKeyOf(app, eva);
    file = await upload(app, ada, 'the contract', 'contract.txt');
    sent = await send(app, ada, { recipientId: bob.userId, text: 'between us', attachments: [file.mediaId] });
    const own = { token: ada.accessToken };
    await call(app, 'PATCH', `/message/v1/${sent.messageId}`, { ...own, json: { text: 'changed between us' } });
    await send(app, carl, { recipientId: ada.userId, text: 'of another conversation' });
    await send(app, carl, { recipientId: bob.userId, text: 'of a third one' });
  });
  after(async () => {
    await pool.end();
    await app.stop();
    await rm(folder, { recursive: true });
  });

  const verify = (bundle: Exported) => verifyBoth(folder, key, bundle);
  const foundBy = async (query: string) => {
    const { body } = await auditing(app, eva)('GET', `/events?${query}&limit=500`);
    return (body['events'] as { position: string }[]).map(({ position }) => position);
  };
  /** The positions that a bundle shows, without what proves that they are all. */
  const shownIn = (bundle: Exported, isWanted = (type: unknown) => type !== 'SubjectsIndexed') =>
    linesIn(bundle, 'view.ndjson')
      .filter(({ type }) => isWanted(type))
      .map(({ position }) => position);

  it('show all of a conversation, with its files, and nothing else', async () => {
    const bundle = await exported(app, eva, `conversationId=${sent.conversationId}`);
    const verified = await verify(bundle);
    expect(verified).to.include({ complete: true });
    expect(verified.scope).to.include({ kind: 'conversation', id: sent.conversationId, begin: 0 });
    const events = (type: unknown) => type !== 'SubjectsIndexed' && type !== 'MediaUploaded';
    expect(shownIn(bundle, events)).to.deep.equal(await foundBy(`conversationId=${sent.conversationId}`));
    expect(bundle.headers.get('x-events')).to.equal(String(shownIn(bundle, events).length));
    expect(bundle.parts.get(`media/${file.mediaId}`)).to.equal('the contract');
    const transcript = bundle.parts.get('transcript.html') ?? '';
    expect(transcript)
      .to.include('changed between us')
      .and.to.include(`All events of the conversation ${sent.conversationId}`);
    for (const [name, text] of bundle.parts)
      for (const other of ['of another conversation', 'of a third one', carl.userId])
        expect(text, name).not.to.include(other);
  });

  it('show all that a user has done, and that names them', async () => {
    const found = await foundBy(`userId=${carl.userId}`);
    const bundle = await exported(app, eva, `userId=${carl.userId}&before=${Number(found.at(-1)) + 1}`);
    expect(await verify(bundle)).to.include({ complete: true });
    expect(shownIn(bundle)).to.deep.equal(found);
    expect(bundle.parts.get('transcript.html')).to.include(`All events of the user <bdi>carl</bdi>, ${carl.userId}`);
    expect(bundle.parts.get('transcript.html')).not.to.include('between us');
  });

  it('come in parts, and from a position on', async () => {
    const whole = await foundBy(`conversationId=${sent.conversationId}`);
    const seen: unknown[] = [];
    let query: string | undefined = `conversationId=${sent.conversationId}&limit=2`;
    while (query !== undefined) {
      const bundle: Exported = await exported(app, eva, query);
      expect(await verify(bundle)).to.include({ complete: true });
      seen.push(...shownIn(bundle, (type) => type !== 'SubjectsIndexed' && type !== 'MediaUploaded'));
      query = nextPart(bundle);
    }
    expect(seen).to.deep.equal(whole);
    const rest = await exported(app, eva, `conversationId=${sent.conversationId}&after=${sent.position}`);
    await verify(rest);
    expect(shownIn(rest, (type) => type === 'MessageSent')).to.deep.equal([]);
    expect(shownIn(rest, (type) => type === 'MessageEdited')).to.have.length(1);
  });

  it('have what came meanwhile, and grow by one index only', async () => {
    const { position } = await send(app, bob, { conversationId: sent.conversationId, text: 'one more' });
    const bundle = await exported(app, eva, `conversationId=${sent.conversationId}`);
    await verify(bundle);
    expect(shownIn(bundle)).to.include(position);
    expect(shownIn(bundle, (type) => type === 'SubjectsIndexed')).to.have.length(1);
  });

  it('are made again from the log where what is kept of the indexes is lost or was changed', async () => {
    for (const damage of [
      'truncate audit.subject_indexes cascade',
      `update audit.subject_indexes set roots = decode(repeat('00', 32768), 'hex')`,
    ]) {
      await exported(app, eva, `conversationId=${sent.conversationId}`);
      await pool.query(damage);
      expect(await verify(await exported(app, eva, `conversationId=${sent.conversationId}`))).to.include({
        complete: true,
      });
    }
  });

  it('hold no key of who was erased, and say so', async () => {
    await call(app, 'DELETE', '/user/v1/me', { token: carl.accessToken, json: { password: carl.password } });
    const closed = await eventually(
      async () => {
        const bundle = await exported(app, eva, `userId=${carl.userId}`);
        expect(await verify(bundle)).to.include({ complete: true });
        const views = linesIn(bundle, 'view.ndjson').filter(
          ({ type, actorId }) => type === 'MessageSent' && actorId === carl.userId,
        );
        return views.map((view) => view['closed']);
      },
      ([first]) => first === 'erased',
    );
    expect(closed).to.deep.equal(['erased', 'erased']);
  });

  it('are refused for a conversation and a user at once, and where there is nothing', async () => {
    const asked = (query: string) => auditing(app, eva)('GET', `/exports?${query}`);
    const nobody = '01900000-0000-7000-8000-00000000ffff';
    expectProblem(await asked(`conversationId=${nobody}&userId=${nobody}`), 400, 'invalid_request');
    expectProblem(await asked('conversationId=x'), 400, 'invalid_request');
    expectProblem(await asked(`conversationId=${nobody}`), 404, 'audit_export_empty');
  });
});
