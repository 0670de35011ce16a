import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call, expectProblem } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { keptPaths } from '../support/kept-files.js';
import { send, signUp } from '../support/signed-up.js';
import { sidewaysJpeg } from '../support/test-images.js';
import { unzipped } from '../support/unzipped.js';
import { download, formOf, upload } from '../support/upload.js';

const START_TIMEOUT_MS = 90_000;

describe('The end of files', () => {
  let app: RunningApp;
  afterEach(() => app.stop());

  const kept = () => keptPaths(app);
  const start = async (env: Readonly<Record<string, string>>) => {
    app = await startApp({ env: { RATE_LIMIT_SCALE: '100000', ...env } });
    return signUp(app, 'ada');
  };

  it('comes where nobody has sent them in their time, and their room is free again', async () => {
    // On a slow machine a second is over before the next upload.
    const ada = await start({ MEDIA_KEEP_UNATTACHED: '5s', MEDIA_QUOTA_BYTES: '1000' });
    const { mediaId } = await upload(app, ada, Buffer.alloc(1_000));
    const more = await call(app, 'POST', '/media/v1', { token: ada.accessToken, ...formOf({ content: 'x' }) });
    expectProblem(more, 409, 'media_quota_exceeded');
    await eventually(kept, (paths) => paths.length === 0);
    await eventually(
      async () => (await download(app, ada, mediaId)).status,
      (status) => status === 404,
    );
    await upload(app, ada, Buffer.alloc(1_000));
  }).timeout(START_TIMEOUT_MS);

  it('does not come to those that a message carries or a profile shows', async () => {
    const ada = await start({ MEDIA_KEEP_UNATTACHED: '5s' });
    const bob = await signUp(app, 'bob');
    const sent = await upload(app, ada, 'words of Ada');
    await send(app, ada, { recipientId: bob.userId, attachments: [sent.mediaId] });
    const { mediaId: shown } = await upload(app, ada, await sidewaysJpeg(60, 40));
    await call(app, 'PATCH', '/user/v1/me', { token: ada.accessToken, json: { avatarMediaId: shown } });
    const { mediaId: unsent } = await upload(app, ada, 'never sent');
    const left = await eventually(kept, (paths) => !paths.some((path) => path.includes(unsent)));
    const names = [sent.mediaId, shown, `${shown}.thumbnail`];
    expect(left.map((path) => path.slice(path.lastIndexOf('/') + 1))).to.have.members(names);
    expect((await download(app, bob, shown)).headers.get('content-type')).to.equal('image/jpeg');
    expect((await download(app, bob, sent.mediaId)).bytes.toString()).to.equal('words of Ada');
    const json = { recipientId: bob.userId, attachments: [unsent] };
    const late = await call(app, 'POST', '/message/v1/send', { token: ada.accessToken, json });
    expectProblem(late, 404, 'media_not_found');
  }).timeout(START_TIMEOUT_MS);

  it('comes with that of their user', async () => {
    const ada = await start({});
    const bob = await signUp(app, 'bob');
    const { mediaId: avatarMediaId } = await upload(app, ada, await sidewaysJpeg(60, 40));
    await call(app, 'PATCH', '/user/v1/me', { token: ada.accessToken, json: { avatarMediaId } });
    expect((await download(app, bob, avatarMediaId)).status).to.equal(200);
    const { mediaId } = await upload(app, bob, 'words of Bob');
    const json = { password: ada.password };
    expect((await call(app, 'DELETE', '/user/v1/me', { token: ada.accessToken, json })).status).to.equal(202);
    const left = await eventually(kept, (paths) => paths.length === 1);
    expect(left[0]).to.include(mediaId);
    expect((await download(app, bob, avatarMediaId)).status).to.equal(404);
    expect((await download(app, bob, mediaId)).bytes.toString()).to.equal('words of Bob');
  }).timeout(START_TIMEOUT_MS);

  it('does not come before they are exported', async () => {
    const ada = await start({});
    const { mediaId } = await upload(app, ada, 'words of Ada', 'plan.txt');
    const { mediaId: avatarMediaId } = await upload(app, ada, await sidewaysJpeg(60, 40), 'ada.jpg');
    await call(app, 'PATCH', '/user/v1/me', { token: ada.accessToken, json: { avatarMediaId } });
    const response = await fetch(`${app.url}/user/v1/me/export`, {
      headers: { authorization: `Bearer ${ada.accessToken}` },
    });
    const files = await unzipped(Buffer.from(await response.arrayBuffer()));
    expect(files.get(`media/${mediaId}-plan.txt`)).to.equal('words of Ada');
    const [listed] = JSON.parse(files.get('media.json') ?? '') as object[];
    expect(listed).to.include({ mediaId, name: 'plan.txt' });
    expect(JSON.parse(files.get('profile.json') ?? '')).to.include({ avatarMediaId });
    expect(files.has(`media/${avatarMediaId}-ada.jpg`)).to.equal(true);
  }).timeout(START_TIMEOUT_MS);
});
