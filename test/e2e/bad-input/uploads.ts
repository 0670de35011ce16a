import { expect } from 'chai';
import type { GetScene } from '../../support/signed-up.js';
import { expectNoLeak } from '../../support/call.js';
import { openRaw, pour, statusOf } from '../../support/raw-connection.js';
import type { GetTarget } from '../../support/target.js';

const MEBIBYTE = 1_048_576;
const PIECE = Buffer.alloc(65_536, 0x78);
const PIECES = (10 * MEBIBYTE) / PIECE.length;

/** One chunk of a chunked body. */
const CHUNK = Buffer.concat([Buffer.from(`${PIECE.length.toString(16)}\r\n`), PIECE, Buffer.from('\r\n')]);

export const describeUploads = (target: GetTarget, scene: GetScene): void => {
  const request = async (lines: readonly string[]) => {
    const connection = await openRaw(target());
    connection.tcp.write([...lines, '', ''].join('\r\n'));
    return connection;
  };

  describe('10 MB at a JSON route', () => {
    const head = (...more: readonly string[]) => [
      'POST /message/v1/send HTTP/1.1',
      'Host: chat',
      `Authorization: Bearer ${scene().ada.accessToken}`,
      ...more,
    ];

    const kinds: Record<string, readonly [readonly string[], Buffer, readonly number[]]> = {
      'in chunks, with no word of type or length': [['Transfer-Encoding: chunked'], CHUNK, [413, 415]],
      'in chunks, said to be JSON': [['Transfer-Encoding: chunked', 'Content-Type: application/json'], CHUNK, [413]],
      'of the length it says': [[`Content-Length: ${10 * MEBIBYTE}`, 'Content-Type: application/json'], PIECE, [413]],
      'compressed, so it says': [
        ['Transfer-Encoding: chunked', 'Content-Type: application/json', 'Content-Encoding: gzip'],
        CHUNK,
        [413, 415, 400],
      ],
      'without a header at all, which makes it another request': [[], PIECE, [400, 415]],
    };
    for (const [what, [headers, piece, statuses]] of Object.entries(kinds))
      it(`are refused ${what}`, async () => {
        const connection = await request(head(...headers));
        const poured = pour(connection, piece, PIECES);
        expect(await statusOf(connection)).to.be.oneOf(statuses);
        expectNoLeak(target(), connection.received());
        connection.tcp.destroy();
        await poured;
      });

    it('are refused before log-in too', async () => {
      const lines = ['POST /user/v1/login HTTP/1.1', 'Host: chat', 'Transfer-Encoding: chunked'];
      const connection = await request([...lines, 'Content-Type: application/json']);
      const poured = pour(connection, CHUNK, PIECES);
      expect(await statusOf(connection)).to.equal(413);
      connection.tcp.destroy();
      await poured;
    });
  });

  describe('a request that is none', () => {
    const lines: Record<string, readonly string[]> = {
      'has no method': ['/user/v1/me HTTP/1.1', 'Host: chat'],
      'has a header without a colon': ['GET /user/v1/me HTTP/1.1', 'Host: chat', 'nonsense'],
      'says two lengths': ['POST /user/v1/login HTTP/1.1', 'Host: chat', 'Content-Length: 1', 'Content-Length: 2'],
      'says a length and chunks': [
        'POST /user/v1/login HTTP/1.1',
        'Host: chat',
        'Content-Length: 5',
        'Transfer-Encoding: chunked',
      ],
      'is not even HTTP': ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    };
    for (const [what, of] of Object.entries(lines))
      it(`is refused, and its connection closed, when it ${what}`, async () => {
        const connection = await request(of);
        expect(await statusOf(connection)).to.equal(400);
        await connection.ended;
        expectNoLeak(target(), connection.received());
      });

    it('is refused with more headers than fit', async () => {
      const connection = await request(['GET /healthz HTTP/1.1', 'Host: chat', `X-Padding: ${'x'.repeat(100_000)}`]);
      expect(await statusOf(connection)).to.equal(431);
      await connection.ended;
    });

    it('harms nobody when it is given up in its middle', async () => {
      for (let index = 0; index < 20; index += 1) {
        const connection = await request(head('Content-Length: 1000'));
        connection.tcp.write('{"text":"half');
        connection.tcp.resetAndDestroy();
        await connection.ended;
      }
    });

    const head = (...more: readonly string[]) => [
      'POST /message/v1/send HTTP/1.1',
      'Host: chat',
      'Content-Type: application/json',
      `Authorization: Bearer ${scene().ada.accessToken}`,
      ...more,
    ];
  });
};
