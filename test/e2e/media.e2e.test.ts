import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call, expectProblem } from '../support/call.js';
import { keptFiles } from '../support/kept-files.js';
import { setScene, type Scene } from '../support/signed-up.js';
import { sidewaysJpeg } from '../support/test-images.js';
import { download, formOf, upload } from '../support/upload.js';

const START_TIMEOUT_MS = 90_000;
const MEBIBYTE = 1_048_576;

describe('Media', () => {
  let app: RunningApp;
  let scene: Scene;

  before(async function () {
    this.timeout(START_TIMEOUT_MS);
    app = await startApp({ env: { RATE_LIMIT_SCALE: '100000', MEDIA_MAX_BYTES: String(3 * MEBIBYTE) } });
    scene = await setScene(app);
  });
  after(() => app.stop());

  const kept = () => keptFiles(app);

  it('are kept whole, and found again by their uploader, by their own type', async () => {
    const bytes = randomBytes(2 * MEBIBYTE + 13);
    const uploaded = await upload(app, scene.ada, bytes, 'engine.png');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(uploaded).to.include({ contentType: 'application/octet-stream', size: bytes.length, sha256 });
    const { status, headers, bytes: read } = await download(app, scene.ada, uploaded.mediaId);
    expect(status).to.equal(200);
    expect(read.equals(bytes)).to.equal(true);
    expect(Object.fromEntries(headers)).to.include({
      'content-type': 'application/octet-stream',
      'content-length': String(bytes.length),
      'content-disposition': 'attachment; filename="engine.png"',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      etag: `"${sha256}"`,
    });
  });

  it('answer the position at which they were recorded', async () => {
    const { accessToken: token } = scene.ada;
    const { body, headers } = await call(app, 'POST', '/media/v1/', { token, ...formOf({ content: 'words' }) });
    expect(body['position']).to.match(/^\d+$/).and.equal(headers.get('x-position'));
  });

  it('are answered in parts', async () => {
    const bytes = randomBytes(200_000);
    const { mediaId } = await upload(app, scene.ada, bytes);
    const part = await download(app, scene.ada, mediaId, { range: 'bytes=65530-131080' });
    expect(part.status).to.equal(206);
    expect(part.headers.get('content-range')).to.equal('bytes 65530-131080/200000');
    expect(part.bytes.equals(bytes.subarray(65_530, 131_081))).to.equal(true);
    const other = await download(app, scene.ada, mediaId, { range: 'bytes=0-1', 'if-range': '"another"' });
    expect([other.status, other.bytes.length]).to.deep.equal([200, bytes.length]);
    const none = await download(app, scene.ada, mediaId, { range: 'bytes=200000-' });
    expect([none.status, none.headers.get('content-range')]).to.deep.equal([416, 'bytes */200000']);
  });

  it('are not sent again to those who have them', async () => {
    const { mediaId, sha256 } = await upload(app, scene.ada, 'words');
    const answer = await download(app, scene.ada, mediaId, { 'if-none-match': `"other", W/"${sha256}"` });
    expect([answer.status, answer.bytes.length]).to.deep.equal([304, 0]);
    const head = await call(app, 'HEAD', `/media/v1/${mediaId}`, { token: scene.ada.accessToken });
    expect([head.status, head.headers.get('content-length')]).to.deep.equal([200, '5']);
  });

  it('that are images are measured, upright and clean, with a thumbnail, and nothing else is kept of them', async () => {
    const before = new Set((await kept()).keys());
    const taken = await sidewaysJpeg(900, 600);
    const { mediaId, ...uploaded } = await upload(app, scene.ada, taken, 'holiday.jpg');
    expect(uploaded).to.include({ contentType: 'image/jpeg', width: 600, height: 900 });
    const { headers, bytes } = await download(app, scene.ada, mediaId);
    expect(createHash('sha256').update(bytes).digest('hex')).to.equal(uploaded.sha256);
    expect([bytes.length, bytes.includes('zebra7f3a')]).to.deep.equal([uploaded.size, false]);
    expect(headers.get('content-disposition')).to.match(/^inline; filename="holiday.jpg"/);
    const thumbnail = await download(app, scene.ada, `${mediaId}/thumbnail`);
    expect([thumbnail.status, thumbnail.headers.get('content-type')]).to.deep.equal([200, 'image/webp']);
    expect(thumbnail.bytes.subarray(8, 12).toString()).to.equal('WEBP');
    const added = [...(await kept()).keys()].filter((path) => !before.has(path));
    expect(added.map((path) => path.slice(path.indexOf(mediaId))).sort()).to.deep.equal([
      mediaId,
      `${mediaId}.thumbnail`,
    ]);
    const others = await download(app, scene.bob, `${mediaId}/thumbnail`);
    expect(others.status).to.equal(404);
  });

  it('keep a name in any script, without its folders', async () => {
    const { mediaId } = await upload(app, scene.ada, 'words', '../../Grüße 😀.txt');
    const { headers } = await download(app, scene.ada, mediaId);
    expect(headers.get('content-disposition')).to.include(`filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%F0%9F%98%80.txt`);
  });

  for (const [type, content] of [
    ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
    ['text/html', '<!doctype html><script>alert(1)</script>'],
  ] as const)
    it(`of ${type} are downloads, and run nowhere`, async () => {
      const { mediaId, contentType } = await upload(app, scene.ada, content, 'picture.png');
      expect(contentType).to.equal(type);
      const { headers } = await download(app, scene.ada, mediaId);
      expect(headers.get('content-disposition')).to.match(/^attachment;/);
      expect(headers.get('content-security-policy')).to.equal("default-src 'none'; sandbox");
    });

  it('do not exist for others', async () => {
    const { mediaId } = await upload(app, scene.ada, 'words');
    for (const path of [mediaId, '01900000-0000-7000-8000-0000000000ff'])
      expectProblem(
        await call(app, 'GET', `/media/v1/${path}`, { token: scene.bob.accessToken }),
        404,
        'media_not_found',
      );
    expectProblem(await call(app, 'GET', `/media/v1/${mediaId}`), 401, 'unauthenticated');
  });

  it('are sealed where they are kept, and one file each', async () => {
    const before = new Set((await kept()).keys());
    await upload(app, scene.ada, 'words that nobody else may read');
    const added = [...(await kept())].filter(([path]) => !before.has(path));
    expect(added).to.have.length(1);
    expect(added[0]?.[1].includes('nobody else')).to.equal(false);
  });
});
