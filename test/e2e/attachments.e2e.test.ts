import { expect } from 'chai';
import pg from 'pg';
import { startApp, type RunningApp } from '../support/app.js';
import { call, expectProblem } from '../support/call.js';
import { openSocket } from '../support/live-socket.js';
import { withoutLinks } from '../support/media-links.js';
import { send, setScene, type Scene, type SignedUp } from '../support/signed-up.js';
import { closeSockets, type Frame } from '../support/socket.js';
import { sidewaysJpeg } from '../support/test-images.js';
import { download, upload } from '../support/upload.js';

interface Shown {
  readonly messageId: string;
  readonly text: string | null;
  readonly attachments: readonly { readonly mediaId: string; readonly url: string; readonly thumbnailUrl?: string }[];
}

describe('Messages with files', () => {
  let app: RunningApp;
  let scene: Scene;

  before(async function () {
    this.timeout(90_000);
    app = await startApp({ env: { RATE_LIMIT_SCALE: '100000' } });
    scene = await setScene(app);
  });
  afterEach(closeSockets);
  after(() => app.stop());

  const get = ({ accessToken: token }: SignedUp, path: string, position = '0') =>
    call(app, 'GET', path, { token, headers: { 'x-min-position': position } });
  const shownIn = (frame: Frame) => withoutLinks(frame['message'] as Shown);
  const carry = async (content: Uint8Array | string, more: object = {}) => {
    const uploaded = await upload(app, scene.ada, content, 'plan.txt');
    const attachments = [uploaded.mediaId];
    return { uploaded, sent: await send(app, scene.ada, { conversationId: scene.directId, attachments, ...more }) };
  };
  const pathOf = (url: string) => url.replace('/media/v1/', '');

  it('show them to the other one, in frames and in the history alike, and let them be read', async () => {
    const bob = await openSocket(app, scene.bob);
    const { uploaded, sent } = await carry(await sidewaysJpeg(90, 60));
    const { mediaId, contentType, size } = uploaded;
    const shown = shownIn(await bob.next('message.sent'));
    const url = `/media/v1/${mediaId}`;
    expect([shown.text, shown.attachments]).to.deep.equal([
      '',
      [
        {
          ...{ mediaId, contentType, size, name: 'plan.txt', width: 60, height: 90 },
          ...{ url, thumbnailUrl: `${url}/thumbnail` },
        },
      ],
    ]);
    const path = `/message/v1/history?conversationId=${scene.directId}&limit=1`;
    expect(withoutLinks((await get(scene.bob, path)).body['messages'])).to.deep.equal([shown]);
    expect(withoutLinks((await get(scene.bob, `/message/v1/${sent.messageId}`)).body)).to.deep.equal(shown);
    const { status, bytes } = await download(app, scene.bob, pathOf(url));
    expect([status, bytes.length]).to.deep.equal([200, size]);
    const small = await download(app, scene.bob, pathOf(shown.attachments[0]?.thumbnailUrl ?? ''));
    expect([small.status, small.headers.get('content-type')]).to.deep.equal([200, 'image/webp']);
  });

  it('are sent by socket too, once, however often they come', async () => {
    const ada = await openSocket(app, scene.ada);
    const { mediaId } = await upload(app, scene.ada, 'words');
    const messageId = '01900000-0000-7000-8000-00000000abcd';
    const frame = { type: 'send', conversationId: scene.directId, messageId, text: 'Look', attachments: [mediaId] };
    ada.send({ ...frame, id: 'a' });
    const first = await ada.answerTo('a');
    expect(first.type).to.equal('ack');
    ada.send({ ...frame, id: 'b' });
    expect(await ada.answerTo('b')).to.deep.equal({ ...first, id: 'b' });
    ada.send({ ...frame, id: 'c', attachments: undefined });
    expect(await ada.answerTo('c')).to.include({ type: 'error', code: 'idempotency_conflict' });
    const shown = shownIn(await ada.next('message.sent'));
    expect([shown.text, shown.attachments.map((each) => each.mediaId)]).to.deep.equal(['Look', [mediaId]]);
  });

  it('come to those who were away', async () => {
    const { ready } = await openSocket(app, scene.bob);
    closeSockets();
    const { uploaded, sent } = await carry('missed');
    const again = await openSocket(app, scene.bob, ready['position'] as string);
    for (;;) {
      const shown = shownIn(await again.next('message.sent'));
      if (shown.messageId !== sent.messageId) continue;
      expect(shown.attachments.map(({ mediaId }) => mediaId)).to.deep.equal([uploaded.mediaId]);
      return;
    }
  });

  it('are read by members alone, and by none once the message is deleted', async () => {
    const { uploaded, sent } = await carry('words of Ada', { text: 'with words' });
    const asked = async (user: SignedUp, position: string) =>
      (await get(user, `/media/v1/${uploaded.mediaId}`, position)).status;
    expect(await asked(scene.bob, sent.position)).to.equal(200);
    expectProblem(await get(scene.eve, `/media/v1/${uploaded.mediaId}`, sent.position), 404, 'media_not_found');
    const bob = await openSocket(app, scene.bob);
    const path = `/message/v1/${sent.messageId}`;
    const deleted = await call(app, 'DELETE', path, { token: scene.ada.accessToken });
    const position = deleted.headers.get('x-position') ?? '';
    expect(shownIn(await bob.next('message.deleted'))).to.deep.include({ text: null, attachments: [] });
    expect((await get(scene.bob, path)).body['attachments']).to.deep.equal([]);
    expect([await asked(scene.bob, position), await asked(scene.ada, position)]).to.deep.equal([404, 200]);
  });

  for (const projection of ['messages', 'media'])
    it(`are waited for by those who ask for the file as soon as they are told: in ${projection}`, async () => {
      const bob = await openSocket(app, scene.bob);
      await send(app, scene.ada, { conversationId: scene.directId, text: 'counted from here on' });
      await bob.next('message.sent');
      const holding = new pg.Client({ connectionString: app.databaseUrl });
      await holding.connect();
      await holding.query('begin');
      await holding.query(`select from projections.checkpoints where name = '${projection}' for update`);
      await carry('ahead', { text: 'ahead' });
      const shown = shownIn(await bob.next('message.sent'));
      const asking = download(app, scene.bob, pathOf(shown.attachments[0]?.url ?? ''));
      await call(app, 'GET', '/healthz');
      await holding.query('rollback');
      await holding.end();
      expect((await asking).bytes.toString()).to.equal('ahead');
    });
});
