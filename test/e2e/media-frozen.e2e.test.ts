import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { describeOnMongo, newDatabaseName } from '../support/mongodb.js';
import { signUp, type SignedUp } from '../support/signed-up.js';
import { download, formOf, upload } from '../support/upload.js';

const LONG_MS = 180_000;
const MEBIBYTE = 1_048_576;
/** It is more than both ends of a connection hold. FerretDB reads all that it has for each piece. */
const LARGE = 8 * MEBIBYTE;
/** Together they are longer than a store is waited for. */
const PAUSES = 18;
const PAUSE_MS = 1_000;

describeOnMongo(
  'Files in a MongoDB that answers nothing',
  (server) => {
    let app: RunningApp;
    let ada: SignedUp;

    before(async function () {
      this.timeout(LONG_MS);
      app = await startApp({ env: { MONGODB_URL: `${server().url}${newDatabaseName()}` } });
      ada = await signUp(app, 'ada');
    });
    after(() => app.stop());

    const headers = () => ({ authorization: `Bearer ${ada.accessToken}` });
    const answerTo = async (path: string, more: Readonly<Record<string, string>> = {}, asked: RequestInit = {}) => {
      const answer = await fetch(`${app.url}/media/v1${path}`, { ...asked, headers: { ...headers(), ...more } });
      const body = (await answer.json()) as { code?: string };
      return [answer.status, answer.headers.get('retry-after'), body.code];
    };
    const post = (content: Buffer) => {
      const { raw: body, headers: form } = formOf({ content, fileName: 'file.bin' });
      return answerTo('', form, { method: 'POST', body });
    };
    /** Begins to load a file, and does not read on. */
    const begin = async (mediaId: string): Promise<IncomingMessage> => {
      const [response] = (await once(get(`${app.url}/media/v1/${mediaId}`, { headers: headers() }), 'response')) as [
        IncomingMessage,
      ];
      return response;
    };
    const sizeOf = async (response: IncomingMessage): Promise<number | 'cut off'> => {
      let size = 0;
      try {
        for await (const piece of response) size += (piece as Buffer).length;
        return size;
      } catch {
        return 'cut off';
      }
    };

    // Nothing had a limit there: a client waited until each request to the store had one of its own, one after another.
    it('are answered 503, or cut off where they were being loaded, and taken and loaded when it is back', async function () {
      this.timeout(LONG_MS);
      const bytes = randomBytes(2 * MEBIBYTE);
      const { mediaId } = await upload(app, ada, bytes);
      const large = await begin((await upload(app, ada, randomBytes(LARGE))).mediaId);
      server().freeze();
      const [refused, loading, size] = await Promise.all([post(bytes), answerTo(`/${mediaId}`), sizeOf(large)]);
      server().thaw();
      for (const answer of [refused, loading]) expect(answer).to.deep.equal([503, '1', 'unavailable']);
      expect(size).to.equal('cut off');
      const again = await eventually(
        () => download(app, ada, mediaId),
        ({ status }) => status === 200,
        LONG_MS / 3,
      );
      expect(again.bytes.equals(bytes)).to.equal(true);
      await upload(app, ada, bytes);
    });

    it('are taken from a client that needs longer than that', async function () {
      this.timeout(LONG_MS);
      const { raw, headers: form } = formOf({ content: randomBytes(64 * PAUSES), fileName: 'slow.bin' });
      const slow = request(`${app.url}/media/v1`, {
        method: 'POST',
        headers: { ...headers(), ...form, 'content-length': raw.length },
      });
      const answered = once(slow, 'response') as Promise<[IncomingMessage]>;
      const piece = Math.ceil(raw.length / PAUSES);
      for (let at = 0; at < raw.length; at += piece) {
        slow.write(raw.subarray(at, at + piece));
        await sleep(PAUSE_MS);
      }
      slow.end();
      const [response] = await answered;
      expect(response.statusCode).to.equal(201);
      response.resume();
    });
  },
  { killable: true },
);
