import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunningApp } from '../../support/app.js';
import { call, expectProblem } from '../../support/call.js';
import { pathsUnder } from '../../support/disk-blobs.js';
import { eventually } from '../../support/eventually.js';
import { openRaw, statusOf } from '../../support/raw-connection.js';
import { mediaNumber } from '../../support/ids.js';
import type { GetScene } from '../../support/signed-up.js';
import { gifOfFrames, hugePng, sidewaysJpeg } from '../../support/test-images.js';
import { download, formOf, upload, type Part } from '../../support/upload.js';

const MAX_BYTES = 25 * 1_048_576;

export const describeBadMedia = (target: () => RunningApp, scene: GetScene): void => {
  const kept = () => pathsUnder(join(target().dataDir, 'media'));
  const post = (form: { readonly raw: Uint8Array<ArrayBuffer>; readonly headers: Record<string, string> }) =>
    call(target(), 'POST', '/media/v1', { token: scene().ada.accessToken, ...form });

  const head = (headers: Readonly<Record<string, string>>, length: number): readonly string[] => [
    'POST /media/v1 HTTP/1.1',
    'Host: chat',
    `Authorization: Bearer ${scene().ada.accessToken}`,
    `Content-Type: ${headers['content-type']}`,
    `Content-Length: ${length}`,
  ];

  describe('a file', () => {
    let before: string[];
    beforeEach(async () => {
      before = await kept();
    });

    const forms: Record<string, readonly [parts: readonly Part[], status: number, code: string]> = {
      'has no byte': [[{ content: '', fileName: 'a.txt' }], 400, 'media_empty'],
      'comes twice': [[{ content: 'one' }, { content: 'two' }], 400, 'invalid_request'],
      'comes with something else': [[{ content: 'one' }, { content: 'x', field: 'title' }], 400, 'invalid_request'],
      'comes behind something else': [[{ content: 'x', field: 'title' }, { content: 'one' }], 400, 'invalid_request'],
      'has another name of its field': [[{ content: 'one', field: 'files' }], 400, 'invalid_request'],
      'is not in the form': [[], 400, 'invalid_request'],
      'is a byte too large': [[{ content: new Uint8Array(MAX_BYTES + 1) }], 413, 'payload_too_large'],
    };
    for (const [what, [parts, status, code]] of Object.entries(forms))
      it(`is refused when it ${what}, and nothing of it is kept`, async () => {
        expectProblem(await post(formOf(...parts)), status, code);
        expect(await kept()).to.deep.equal(before);
      });

    const images: Record<string, readonly [make: () => Promise<Buffer> | Buffer, status: number, code: string]> = {
      'has 30,000 by 30,000 pixels': [() => hugePng(30_000), 400, 'image_too_large'],
      'has 10,000 frames': [() => gifOfFrames(10_000), 400, 'image_too_many_frames'],
      'is a JPEG that was cut': [async () => (await sidewaysJpeg(600, 400)).subarray(0, -900), 400, 'image_damaged'],
      'is of a kind that may tell a place': [
        () => Buffer.from('\0\0\0\x18ftypheic', 'latin1'),
        415,
        'image_unsupported',
      ],
    };
    for (const [what, [make, status, code]] of Object.entries(images))
      it(`is refused as an image that ${what}, and nothing of it is kept`, async () => {
        expectProblem(await post(formOf({ content: await make(), fileName: 'a.png' })), status, code);
        expect(await kept()).to.deep.equal(before);
      });

    it('is refused when it comes twice, however late the second one comes', async () => {
      const { raw, headers } = formOf({ content: randomBytes(70_000) }, { content: 'two' });
      const connection = await openRaw(target());
      connection.tcp.write([...head(headers, raw.length), '', ''].join('\r\n'));
      connection.tcp.write(raw.subarray(0, 69_000));
      await eventually(kept, (names) => names.length > before.length);
      connection.tcp.write(raw.subarray(69_000));
      expect(await statusOf(connection)).to.equal(400);
      connection.tcp.destroy();
      expect(await kept()).to.deep.equal(before);
    });

    it('is taken up to the very limit', async () => {
      const { mediaId, size } = await upload(target(), scene().ada, new Uint8Array(MAX_BYTES));
      expect(size).to.equal(MAX_BYTES);
      expect((await download(target(), scene().ada, mediaId)).bytes.length).to.equal(MAX_BYTES);
    });

    it('is kept under the last part of its name', async () => {
      for (const fileName of ['../../../etc/passwd', '/etc/passwd', 'C:\\\\windows\\\\passwd', 'passwd']) {
        const { mediaId } = await upload(target(), scene().ada, 'x', fileName);
        const { headers } = await download(target(), scene().ada, mediaId);
        expect(headers.get('content-disposition'), fileName).to.include('filename="passwd"');
      }
    });

    const types: Record<string, string> = {
      'no form': 'application/json',
      'a form of another kind': 'application/x-www-form-urlencoded',
      'a form without a boundary': 'multipart/form-data',
    };
    for (const [what, contentType] of Object.entries(types))
      it(`is refused in ${what}`, async () => {
        const { status, body } = await post({ ...formOf({ content: 'x' }), headers: { 'content-type': contentType } });
        expect([status, body['code']]).to.deep.equal([415, 'unsupported_media_type']);
        expect(await kept()).to.deep.equal(before);
      });

    it('is refused where the form is not whole', async () => {
      const { raw, headers } = formOf({ content: 'x'.repeat(100_000), fileName: 'a.txt' });
      for (const length of [0, 1, 60, 200, 70_000, raw.length - 5])
        expectProblem(await post({ raw: raw.slice(0, length), headers }), 400, 'invalid_request');
      expectProblem(await post({ raw: new Uint8Array(randomBytes(5_000)), headers }), 400, 'invalid_request');
      const unbounded = { 'content-type': 'multipart/form-data; boundary=' };
      expectProblem(await post({ raw, headers: unbounded }), 400, 'invalid_request');
      expect(await kept()).to.deep.equal(before);
    });

    it('is refused with headers of a part that never end', async () => {
      const { headers } = formOf({ content: 'x' });
      const raw = new Uint8Array(Buffer.from(`------what-no-file-has-in-it\r\nX: ${'x'.repeat(200_000)}`));
      expectProblem(await post({ raw, headers }), 400, 'invalid_request');
    });

    it('leaves nothing behind, at whatever byte its connection is cut', async () => {
      const { raw, headers } = formOf({ content: randomBytes(200_000), fileName: 'a.bin' });
      for (const sent of [0, 1, 50, 120, 150, 5_000, 70_000, 140_000, 199_000, raw.length - 3]) {
        const connection = await openRaw(target());
        connection.tcp.write([...head(headers, raw.length), '', ''].join('\r\n'));
        await new Promise((resolve) => connection.tcp.write(raw.subarray(0, sent), resolve));
        if (sent > 100) await eventually(kept, (names) => names.length > before.length || sent < 5_000);
        connection.tcp.resetAndDestroy();
        await connection.ended;
      }
      expect(await eventually(kept, (names) => names.length === before.length)).to.deep.equal(before);
    });

    it('is refused where it is longer than it says: the rest is another request, which is none', async () => {
      const { raw, headers } = formOf({ content: 'x'.repeat(1_000), fileName: 'a.txt' });
      const connection = await openRaw(target());
      connection.tcp.write([...head(headers, raw.length - 500), '', ''].join('\r\n'));
      connection.tcp.write(raw);
      expect(await statusOf(connection)).to.equal(400);
      connection.tcp.destroy();
      expect(await kept()).to.deep.equal(before);
    });
  });

  describe('a message', () => {
    const trySending = (attachments: unknown, from = scene().ada) =>
      call(target(), 'POST', '/message/v1/send', {
        token: from.accessToken,
        json: { conversationId: scene().directId, text: 'not to be sent', attachments },
      });

    const lists: Record<string, readonly unknown[]> = {
      '11 files': Array.from({ length: 11 }, (_, n) => mediaNumber(n)),
      'the same file twice': [mediaNumber(1), mediaNumber(1)],
      'a file that is no id': ['../../secrets.json'],
      'an operator for a file': [{ $ne: null }],
    };
    for (const [what, attachments] of Object.entries(lists))
      it(`is refused with ${what}`, async () => expectProblem(await trySending(attachments), 400, 'invalid_request'));

    it('is refused with neither a text nor a file', async () => {
      const { ada, directId: conversationId } = scene();
      for (const more of [{}, { attachments: [] }, { text: '', attachments: [] }])
        expectProblem(
          await call(target(), 'POST', '/message/v1/send', {
            token: ada.accessToken,
            json: { conversationId, ...more },
          }),
          400,
          'invalid_request',
        );
    });

    it('is refused with the file of another user, which it does not show, and with one that does not exist', async () => {
      const { ada, bob } = scene();
      const [own, others] = [await upload(target(), ada, 'of Ada'), await upload(target(), bob, 'of Bob')];
      for (const wrong of [others.mediaId, mediaNumber(99)])
        expectProblem(await trySending([own.mediaId, wrong]), 404, 'media_not_found');
      expect((await download(target(), ada, others.mediaId)).status).to.equal(404);
    });
  });

  describe('an avatar', () => {
    const tryShowing = (avatarMediaId: unknown) =>
      call(target(), 'PATCH', '/user/v1/me', {
        token: scene().ada.accessToken,
        json: { displayName: 'X', avatarMediaId },
      });

    for (const wrong of ['../../secrets.json', '', 7, { $ne: null }, [mediaNumber(1)]])
      it(`is refused where it is ${JSON.stringify(wrong)}`, async () =>
        expectProblem(await tryShowing(wrong), 400, 'invalid_request'));

    it('is refused with the image of another user, and with one that does not exist', async () => {
      const { mediaId } = await upload(target(), scene().bob, await sidewaysJpeg(9, 6));
      for (const wrong of [mediaId, mediaNumber(99)]) expectProblem(await tryShowing(wrong), 404, 'media_not_found');
    });

    it('is refused where it is no image, and nothing else of the profile is changed', async () => {
      for (const content of ['words', '<svg xmlns="http://www.w3.org/2000/svg"/>']) {
        const { mediaId } = await upload(target(), scene().ada, content, 'portrait.png');
        expectProblem(await tryShowing(mediaId), 400, 'media_not_an_image');
      }
      const { body } = await call(target(), 'GET', '/user/v1/me', { token: scene().ada.accessToken });
      expect(body).to.include({ avatarMediaId: null }).and.to.not.include({ displayName: 'X' });
    });
  });

  describe('asking for a file', () => {
    for (const range of ['bytes=9-1', 'bytes=5-', 'bytes=-0', 'bytes=a-b', 'bytes=', 'bytes=99999999999999999999-'])
      it(`is refused for ${range}`, async () => {
        const { mediaId } = await upload(target(), scene().ada, 'words');
        const answer = await call(target(), 'GET', `/media/v1/${mediaId}`, {
          token: scene().ada.accessToken,
          headers: { range },
        });
        expectProblem(answer, 416, 'range_not_satisfiable');
        expect(answer.headers.get('content-range')).to.equal('bytes */5');
      });

    it('is refused for that of another user, as for one that does not exist', async () => {
      const { mediaId } = await upload(target(), scene().ada, 'words');
      const answer = await call(target(), 'GET', `/media/v1/${mediaId}`, { token: scene().eve.accessToken });
      expectProblem(answer, 404, 'media_not_found');
    });

    it('is refused for the thumbnail of what is no image', async () => {
      const { mediaId } = await upload(target(), scene().ada, 'words');
      const path = `/media/v1/${mediaId}/thumbnail`;
      expectProblem(await call(target(), 'GET', path, { token: scene().ada.accessToken }), 404, 'media_not_found');
    });

    for (const id of ['..%2f..%2fsecrets.json', '%00', 'x', '01980000-0000-7000-8000-00000000000G'])
      it(`is refused for the id ${id}`, async () => {
        const answer = await call(target(), 'GET', `/media/v1/${id}`, { token: scene().ada.accessToken });
        expectProblem(answer, 400, 'invalid_request');
      });
  });
};
