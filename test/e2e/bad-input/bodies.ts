import { expect } from 'chai';
import type { GetScene } from '../../support/signed-up.js';
import { call, expectProblem } from '../../support/call.js';
import type { Command } from './command.js';
import { commandsOf } from './commands.js';
import type { GetTarget } from '../../support/target.js';

const SEND = '/message/v1/send';
const MAX_BODY = 65_536;

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Makes a JSON of exactly this many bytes. */
const bodyOf = (size: number): string => {
  const frame = JSON.stringify({ padding: '' });
  return JSON.stringify({ padding: 'x'.repeat(size - frame.length) });
};

/** Makes this text with bytes in it that are no UTF-8. */
const withBytes = (before: string, bytes: readonly number[], after: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array([...utf8(before), ...bytes, ...utf8(after)]);

const errorsOf = (body: Readonly<Record<string, unknown>>) => body['errors'] as { path: string; message: string }[];

export const describeBadBodies = (target: GetTarget, scene: GetScene): void => {
  const post = (raw: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    call(target(), 'POST', SEND, { token: scene().ada.accessToken, raw, headers });
  const run = ({ method, path }: Command, json: unknown) =>
    call(target(), method, path, { token: scene().ada.accessToken, json });

  describe('a body', () => {
    const malformed: Record<string, string> = {
      'is empty': '',
      'ends too early': '{"text":',
      'has something behind it': '{"text":"a"} {}',
      'is a word': 'undefined',
      'has single quotes': "{'text':'a'}",
      'holds a line break inside a string': '{"text":"a\nb"}',
      'is nested 10,000 deep': '['.repeat(10_000),
    };
    for (const [what, raw] of Object.entries(malformed))
      it(`is refused when it ${what}`, async () => expectProblem(await post(raw), 400, 'invalid_request'));

    for (const json of ['null', '[]', '"text"', '1', 'true'])
      it(`is refused when it is ${json}, no object`, async () =>
        expectProblem(await post(json), 400, 'invalid_request'));

    const notUtf8: Record<string, readonly number[]> = {
      'a byte that begins nothing': [0xff],
      'a sequence cut short': [0xe2, 0x82],
      'an overlong form': [0xc0, 0xaf],
      'a surrogate in bytes': [0xed, 0xa0, 0x80],
      'what lies beyond Unicode': [0xf4, 0x90, 0x80, 0x80],
    };
    for (const [what, bytes] of Object.entries(notUtf8))
      it(`is refused with ${what} in it`, async () => {
        const { directId: conversationId } = scene();
        const raw = withBytes(`{"conversationId":"${conversationId}","text":"a`, bytes, 'b"}');
        expectProblem(await post(raw), 400, 'invalid_request');
      });

    it('is refused in UTF-16', async () => {
      const raw = new Uint8Array(Buffer.from('{"text":"a"}', 'utf16le'));
      expectProblem(await post(raw), 400, 'invalid_request');
    });
    it('is refused when it is said to be something else than JSON', async () =>
      expectProblem(await post('text=a', { 'content-type': 'text/plain' }), 415, 'unsupported_media_type'));
    it('is read up to 64 KiB', async () => expectProblem(await post(bodyOf(MAX_BODY)), 400, 'invalid_request'));
    it('is refused beyond 64 KiB', async () =>
      expectProblem(await post(bodyOf(MAX_BODY + 1)), 413, 'payload_too_large'));
    it('is refused with a __proto__, which changes nothing for others', async () => {
      expectProblem(await post('{"__proto__":{"text":"polluted"},"text":"a"}'), 400, 'invalid_request');
      const { directId: conversationId } = scene();
      expectProblem(await post(JSON.stringify({ conversationId })), 400, 'invalid_request');
    });
  });

  describe('each command', () => {
    it('refuses a field that it does not know, and names it', async () => {
      for (const command of commandsOf(scene())) {
        const answer = await run(command, { ...command.body, surplus: 'x' });
        expectProblem(answer, 400, 'invalid_request');
        expect(JSON.stringify(errorsOf(answer.body)), command.name).to.include('surplus');
      }
    });

    it('refuses a value of another type, and names the field', async () => {
      for (const command of commandsOf(scene()))
        for (const field of command.strings)
          for (const value of [1, true, ['a'], { a: 'b' }]) {
            const answer = await run(command, { ...command.body, [field]: value });
            expectProblem(answer, 400, 'invalid_request');
            expect(JSON.stringify(errorsOf(answer.body)), command.name).to.include(field);
          }
    });

    it('refuses a list that is none, or holds something else', async () => {
      for (const command of commandsOf(scene()))
        for (const field of command.lists)
          for (const value of ['a', 1, { 0: 'a' }, [1], [null], [['a']], [{ a: 'b' }]])
            expectProblem(await run(command, { ...command.body, [field]: value }), 400, 'invalid_request');
    });

    it('refuses a lone surrogate and U+0000 in every string', async () => {
      for (const command of commandsOf(scene()))
        for (const field of [...command.strings, ...command.lists])
          for (const bad of ['ab\ud83d', '\ude00ab', 'ab\0ab', 'ab\ud83dcdefghijkl']) {
            const value = command.lists.includes(field) ? [bad] : bad;
            expectProblem(await run(command, { ...command.body, [field]: value }), 400, 'invalid_request');
          }
    });
  });

  describe('a query', () => {
    const get = (path: string) => call(target(), 'GET', path, { token: scene().ada.accessToken });

    it('is refused with a parameter given twice', async () => {
      const id = `conversationId=${scene().directId}`;
      expectProblem(await get(`/message/v1/history?${id}&${id}`), 400, 'invalid_request');
    });
    it('is refused with a parameter that it does not know', async () =>
      expectProblem(
        await get(`/message/v1/history?conversationId=${scene().directId}&surplus=1`),
        400,
        'invalid_request',
      ));
    for (const limit of ['0', '201', '-1', '1.5', '1e2', 'many', '', '9'.repeat(400)])
      it(`is refused with the limit "${limit.slice(0, 20)}"`, async () => {
        const path = `/message/v1/history?conversationId=${scene().directId}&limit=${limit}`;
        expectProblem(await get(path), 400, 'invalid_request');
      });
    it('is refused in a percent-encoding that is none', async () => {
      for (const path of ['/conversation/v1/%', '/conversation/v1/%ff', '/message/v1/%c0%af/receipts'])
        expectProblem(await get(path), 400, 'invalid_request');
    });
    it('is refused with a minimal position that is none', async () => {
      for (const position of ['abc', '-1', '1.5', '9'.repeat(19), '9'.repeat(40), '0x10']) {
        const headers = { 'x-min-position': position };
        const answer = await call(target(), 'GET', '/user/v1/me', { token: scene().ada.accessToken, headers });
        expectProblem(answer, 400, 'invalid_request');
      }
    });
  });
};
