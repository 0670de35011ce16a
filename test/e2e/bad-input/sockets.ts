import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { clientFrames } from '../../../src/interfaces/ws/commands.js';
import { history, send, type GetScene } from '../../support/signed-up.js';
import { call } from '../../support/call.js';
import { mediaNumber } from '../../support/ids.js';
import { served } from '../../support/live-socket.js';
import { openRaw } from '../../support/raw-connection.js';
import { connect, type Frame } from '../../support/socket.js';
import type { GetTarget } from '../../support/target.js';

const MAX_FRAME = 65_536;
const UNKNOWN = '01900000-0000-7000-8000-00000000ffff';

/** Makes a client's frame, masked with zeros; opcode, length and bytes are as given. */
const rawFrame = (firstByte: number, length: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head[0] = firstByte;
  head[1] = 0x80 | 126;
  head.writeUInt16BE(length, 2);
  return Buffer.concat([head, payload]);
};

const TEXT = 0x81;
const RESERVED_OPCODE = 0x83;

export const describeBadFrames = (target: GetTarget, scene: GetScene): void => {
  const authenticated = async () => {
    const socket = await connect(target(), scene().ada.accessToken);
    await socket.next('ready');
    return socket;
  };
  /** Opens an upgraded connection on which frames are written as bytes. */
  const openRawSocket = async (token: string) => {
    const connection = await openRaw(target());
    const upgraded = once(connection.tcp, 'data');
    const lines = [
      'GET /ws/ HTTP/1.1',
      'Host: chat',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      `Authorization: Bearer ${token}`,
    ];
    connection.tcp.write([...lines, '', ''].join('\r\n'));
    await upgraded;
    return connection;
  };

  describe('a socket before auth', () => {
    const early: Record<string, readonly [object, number]> = {
      'sends a message': [{ type: 'send', id: '1', text: 'hi', recipient: 'bob' }, 4401],
      'marks something read': [{ type: 'read', id: '1' }, 4401],
      pings: [{ type: 'ping' }, 4401],
      'gives no token': [{ type: 'auth' }, 4400],
    };
    for (const [what, [frame, code]] of Object.entries(early))
      it(`is closed when it ${what}, and gets nothing`, async () => {
        const socket = await connect(target());
        socket.send(frame);
        expect(await socket.closed).to.equal(code);
        expect(socket.frames.filter(({ type }) => type !== 'error')).to.deep.equal([]);
      });

    it('sends nothing, whatever follows the frame that it is closed for', async () => {
      const { bob, directId: conversationId, ada } = scene();
      const socket = await connect(target());
      socket.send({ type: 'send', id: '1', text: 'sneaked in', conversationId });
      socket.send({ type: 'auth', token: ada.accessToken });
      socket.send({ type: 'send', id: '2', text: 'sneaked in', conversationId });
      expect(await socket.closed).to.equal(4401);
      const { position } = await send(target(), ada, { conversationId, text: 'after' });
      const texts = (await history(target(), bob, conversationId, position)).map(({ text }) => text);
      expect(texts).to.include('after').and.not.to.include('sneaked in');
    });
    it('is closed when it says nothing', async () => {
      const socket = await connect(target());
      expect(await socket.closed).to.equal(4408);
    });
    it('is closed when its upgrade carries a token that is none', async () => {
      const socket = await connect(target(), 'abc');
      expect(await socket.closed).to.equal(4401);
    });
    it('is closed over a frame of more than 64 KiB', async () => {
      const socket = await connect(target());
      socket.ws.send('x'.repeat(MAX_FRAME + 1));
      expect(await socket.closed).to.equal(1009);
    });
  });

  describe('a frame that is none', () => {
    const malformed: Record<string, string | Buffer> = {
      'is no JSON': '{"type":',
      'is empty': '',
      'is a list': '[]',
      'is null': 'null',
      'has no type': '{"id":"1"}',
      'has a type that is no word': '{"type":{"$ne":null}}',
      'is binary': Buffer.from('{"type":"ping"}'),
      'is nested 10,000 deep': '['.repeat(10_000),
    };
    for (const [what, data] of Object.entries(malformed))
      it(`closes the socket when it ${what}`, async () => {
        const socket = await authenticated();
        socket.ws.send(data);
        expect(await socket.closed).to.equal(4400);
      });

    it('closes the socket when it is too big', async () => {
      const socket = await authenticated();
      socket.ws.send(JSON.stringify({ type: 'ping', padding: 'x'.repeat(MAX_FRAME) }));
      expect(await socket.closed).to.equal(1009);
    });
    it('closes the socket when it grows too big in fragments', async () => {
      const socket = await authenticated();
      for (let index = 0; index < 20; index += 1) socket.ws.send('x'.repeat(8_000), { fin: false });
      expect(await socket.closed).to.equal(1009);
    });
    it('closes the socket when it is no UTF-8', async () => {
      const socket = await authenticated();
      socket.ws.send(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), { binary: false });
      expect(await socket.closed).to.equal(4400);
    });
    it('closes the socket when it breaks the protocol', async () => {
      const connection = await openRawSocket(scene().ada.accessToken);
      connection.tcp.write(rawFrame(RESERVED_OPCODE, 200, Buffer.alloc(200)));
      await connection.ended;
    });
    it('harms nobody when the socket is gone in its middle', async () => {
      for (let index = 0; index < 20; index += 1) {
        const connection = await openRawSocket(scene().ada.accessToken);
        connection.tcp.write(rawFrame(TEXT, 1_000, Buffer.from('{"type":"send","text":"half')));
        connection.tcp.resetAndDestroy();
        await connection.ended;
      }
    });
  });

  describe('a frame that is refused', () => {
    const refusals: Record<string, object> = {
      'has a field that it does not know': { surplus: 1 },
      'has no text': { text: '' },
      'has a text of 8,001 characters': { text: 'x'.repeat(8_001) },
      'has a text that has 16,000 characters once it is normalized': { text: '\u0958'.repeat(8_000) },
      'has a number for a text': { text: 1 },
      'has an operator for an id': { conversationId: { $ne: null } },
      'has a lone surrogate': { text: 'a\ud83d' },
      'has U+0000': { text: 'a\0b' },
      'has neither a text nor a file': { text: undefined, attachments: [] },
      'has 11 files': { attachments: Array.from({ length: 11 }, (_, n) => mediaNumber(n)) },
      'has the same file twice': { attachments: [mediaNumber(1), mediaNumber(1)] },
      'has a file that is no id': { attachments: ['../../secrets.json'] },
      'has a messageId that is none': { messageId: "' or '1'='1" },
    };
    for (const [what, changes] of Object.entries(refusals))
      it(`is answered, and the socket stays open, when it ${what}`, async () => {
        const socket = await authenticated();
        const frame = { type: 'send', id: 'x', conversationId: scene().directId, text: 'hi', ...changes };
        socket.send(frame);
        expect(await socket.next('error')).to.include({ id: 'x', code: 'invalid_request' });
        socket.send({ type: 'ping' });
        await socket.next('pong');
        await socket.close();
      });
  });

  describe('an auth on a live socket that is refused', () => {
    const refusals: Record<string, readonly [() => object, string]> = {
      'has the token of another user': [() => ({ token: scene().bob.accessToken }), 'other_session'],
      'has a refresh token': [() => ({ token: scene().ada.refreshToken }), 'unauthenticated'],
      'has a token that is none': [() => ({ token: '__proto__' }), 'unauthenticated'],
      'has no token': [() => ({}), 'invalid_request'],
      'has an operator for a token': [() => ({ token: { $ne: null } }), 'invalid_request'],
      'would resume': [() => ({ token: scene().ada.accessToken, resumeAfter: '0' }), 'invalid_request'],
    };
    for (const [what, [content, code]] of Object.entries(refusals))
      it(`is answered, and the socket stays open, when it ${what}`, async () => {
        const socket = await authenticated();
        socket.send({ type: 'auth', ...content() });
        expect(await socket.next('error')).to.include({ code });
        socket.send({ type: 'ping' });
        await socket.next('pong');
        await socket.close();
      });
  });

  describe('a frame of typing that is refused', () => {
    const refusals: Record<string, readonly [object, string]> = {
      'names no conversation': [{ conversationId: undefined }, 'invalid_request'],
      'names an operator': [{ conversationId: { $ne: null } }, 'invalid_request'],
      'names a prototype': [{ conversationId: '__proto__' }, 'invalid_request'],
      'names many conversations': [{ conversationId: Array(1_000).fill(UNKNOWN) }, 'invalid_request'],
      'does not say whether': [{ active: undefined }, 'invalid_request'],
      'says a word for whether': [{ active: 'true' }, 'invalid_request'],
      'says who is writing': [{ userId: UNKNOWN }, 'invalid_request'],
      'names a conversation that there is not': [{ conversationId: UNKNOWN }, 'conversation_not_found'],
    };
    for (const [what, [changes, code]] of Object.entries(refusals))
      it(`is answered, and the socket stays open, when it ${what}`, async () => {
        const socket = await authenticated();
        socket.send({ type: 'typing', id: 'x', conversationId: scene().directId, active: true, ...changes });
        expect(await socket.next('error')).to.include({ id: 'x', code });
        socket.send({ type: 'ping' });
        await socket.next('pong');
        await socket.close();
      });
  });

  // `{"type":"ping","x":1}` stopped the server: the handler of pings checks the frame before it makes its promise, so
  // that it threw inside the socket's event.
  describe('a frame of any type that has a field too many', () => {
    for (const type of Object.keys(clientFrames))
      it(`is answered, and the socket stays open: ${type}`, async () => {
        const socket = await authenticated();
        socket.send({ type, id: 'x', surplus: 1 });
        expect(await socket.next('error')).to.include({ id: 'x', code: 'invalid_request' });
        socket.send({ type: 'ping' });
        await socket.next('pong');
        await socket.close();
      });
  });

  describe('a socket that never reads', () => {
    it('is closed with 4409, and finds everything that it has missed where the resync says', async () => {
      const { bob, directId: conversationId } = scene();
      const slow = await connect(target(), bob.accessToken);
      const { position } = await slow.next('ready');
      slow.ws.pause();
      const sent = await sendUntilGone(conversationId);
      slow.ws.resume();
      expect(await slow.closed).to.equal(4409);

      const handled = slow.frames.filter(({ type }) => type === 'message.sent');
      const resumeAfter = handled.at(-1)?.['position'] ?? position;
      const back = await connect(target());
      back.send({ type: 'auth', token: bob.accessToken, resumeAfter });
      // The client missed more text than is sent frame by frame.
      const [{ cursor }] = (await back.next('resync'))['conversations'] as [{ cursor: string }];
      const missed = await messagesAfter(cursor, conversationId);
      expect([...handled.map(idOf), ...missed]).to.deep.equal(sent);
      await back.close();
    }).timeout(120_000);

    const messagesAfter = async (from: string, conversationId: string): Promise<string[]> => {
      const found: string[] = [];
      for (let cursor: string | null = from; cursor !== null;) {
        const path = `/message/v1/history?conversationId=${conversationId}&limit=100&after=${cursor}`;
        const { body } = await call(target(), 'GET', path, { token: scene().bob.accessToken });
        found.push(...(body['messages'] as { messageId: string }[]).map(({ messageId }) => messageId));
        cursor = body['nextCursor'] as string | null;
      }
      return found;
    };

    const idOf = (frame: Frame) => (frame['message'] as { messageId: string }).messageId;

    /**
     * Sends until the socket is closed: 40 MB fill the buffers of both kernels and the server's own mebibyte, in rounds
     * of 50 frames.
     */
    const sendUntilGone = async (conversationId: string): Promise<string[]> => {
      const sender = await authenticated();
      const text = '😀'.repeat(8_000);
      const acks: Frame[] = [];
      for (let round = 0; round < 25; round += 1) {
        for (let n = 0; n < 50; n += 1) sender.send({ type: 'send', id: `${round}/${n}`, conversationId, text });
        for (let n = 0; n < 50; n += 1) acks.push(await sender.next('ack'));
      }
      await served(sender, acks.at(-1)?.['position'] as string); // a resume goes as far as what was delivered
      await sender.close();
      return acks.map(({ messageId }) => messageId as string);
    };
  });
};
