import { expect } from 'chai';
import { call, expectProblem } from '../../support/call.js';
import { send, type GetScene, type SignedUp } from '../../support/signed-up.js';
import type { GetTarget } from '../../support/target.js';
import { upload } from '../../support/upload.js';

interface Found {
  readonly messages: readonly { readonly conversationId: string; readonly text: string }[];
}

/** Tries what takes any text: searches, messages, cursors, links and cookies. */
export const describeFreeTexts = (target: GetTarget, scene: GetScene): void => {
  const get = (path: string, { accessToken: token }: SignedUp = scene().ada) => call(target(), 'GET', path, { token });
  const search = (q: string) => get(`/message/v1/search?q=${encodeURIComponent(q)}`);

  describe('a search', () => {
    it('finds a sign of SQL or of patterns where it stands, and nothing else', async () => {
      const { ada, directId: conversationId } = scene();
      const signs = ['%', '\\', "'", '_', '.*', '%%', 'a'];
      for (const sign of signs) await send(target(), ada, { conversationId, text: `one ${sign} sign` });
      for (const q of signs) {
        const { status, body, text } = await search(q);
        expect(status, text).to.equal(200);
        const texts = (body as unknown as Found).messages.map((message) => message.text);
        expect(texts, q).to.include(`one ${q} sign`);
        expect(texts.filter((each) => !each.toLowerCase().includes(q))).to.deep.equal([]);
      }
      expect((await search('zz%zz')).body['messages']).to.deep.equal([]);
    });

    it('is refused where it names nothing to look for', async () => {
      for (const q of ['"', ' ', '""', '\u200b']) expectProblem(await search(q), 400, 'invalid_request');
    });

    it('is refused for 500 words, and for more than it takes', async () => {
      for (const q of ['word '.repeat(500).trim(), 'a'.repeat(5_000), '\u0301'.repeat(500)])
        expectProblem(await search(q), 400, 'invalid_request');
    });

    it('of users finds those alone in whose names they stand', async () => {
      for (const query of ['%', '\\', "'", '_', '%%%', "' or '1'='1", '$1']) {
        const { status, body, text } = await get(`/user/v1/users?query=${encodeURIComponent(query)}`);
        expect(status, text).to.equal(200);
        const names = (body['users'] as { displayName: string }[]).map(({ displayName }) => displayName);
        expect(names.filter((name) => !name.toLowerCase().includes(query))).to.deep.equal([]);
      }
    });
  });

  describe('a text', () => {
    const say = (text: string) => {
      const { ada, groupId: conversationId } = scene();
      return call(target(), 'POST', '/message/v1/send', { token: ada.accessToken, json: { conversationId, text } });
    };

    it('is refused with 10,000 combining marks, and with 101 of them on one letter', async () => {
      for (const marks of [10_000, 101]) expectProblem(await say(`a${'\u0301'.repeat(marks)}`), 400, 'invalid_request');
    });

    it('is sent with 8,000 characters of @, and mentions members alone', async () => {
      for (const text of ['@'.repeat(8_000), '@a '.repeat(2_666), '@all@all '.repeat(888)]) {
        const { status, body, text: answer } = await say(text);
        expect(status, answer).to.equal(201);
        const { body: message } = await get(`/message/v1/${body['messageId'] as string}`);
        expect(message['text']).to.equal(text);
        expect([scene().ada.userId, scene().bob.userId]).to.include.members(message['mentions'] as string[]);
      }
    });
  });

  describe('a cursor of another list', () => {
    it('shows nothing of it: it is refused, or a place in a list of the one who asks', async () => {
      const { ada, bob, eve, directId, groupId, messageId } = scene();
      const { conversationId: own } = await send(target(), eve, { recipientId: ada.userId, text: 'of Eve' });
      const { body: page } = await get(`/message/v1/history?conversationId=${directId}&limit=1`);
      const [{ cursor }] = page['messages'] as [{ cursor: string }];
      const cursors = ['uada', 'ubob', 'c1', 'h1', 's1-1', `r${bob.userId}`, cursor, page['previousCursor'] as string];
      const lists = [
        ...['before', 'after', 'around'].map((name) => `/message/v1/history?conversationId=${own}&${name}=`),
        `/message/v1/changes?conversationId=${own}&since=0&cursor=`,
        '/message/v1/search?q=private&cursor=',
        '/conversation/v1?cursor=',
        '/user/v1/contacts?cursor=',
        '/user/v1/blocks?cursor=',
        `/message/v1/${messageId}/receipts?cursor=`,
      ];
      for (const list of lists)
        for (const given of cursors) {
          const { status, text } = await get(list + encodeURIComponent(given), eve);
          expect(status, `${list}${given}: ${text}`).to.be.oneOf([200, 400, 404]);
          for (const secret of [directId, groupId, messageId, 'private']) expect(text).to.not.include(secret);
        }
    });

    it('leads to no other conversation of the same user', async () => {
      const { directId, groupId } = scene();
      const { body: page } = await get(`/message/v1/history?conversationId=${directId}&limit=1`);
      const [{ cursor }] = page['messages'] as [{ cursor: string }];
      for (const place of ['before', 'after', 'around']) {
        const { body } = await get(`/message/v1/history?conversationId=${groupId}&${place}=${cursor}`);
        const ids = (body as unknown as Found).messages.map(({ conversationId }) => conversationId);
        expect(new Set(ids)).to.satisfy((of: Set<string>) => [...of].every((id) => id === groupId));
      }
    });
  });

  describe('what stands for a token', () => {
    it('is refused where it is a link that nobody has signed', async () => {
      const { mediaId } = await upload(target(), scene().ada, 'words');
      for (const part of ['', '/thumbnail'])
        for (const link of ['', 'x', '__proto__', '1.2.3', "' or 1=1 --", '\u0000', 'x'.repeat(200)]) {
          const path = `/media/v1/${mediaId}${part}?link=${encodeURIComponent(link)}`;
          expectProblem(await call(target(), 'GET', path), 401, 'media_link_invalid');
        }
    });

    it('is refused where it is given twice, or is too long', async () => {
      const path = `/media/v1/${scene().messageId}?link`;
      expectProblem(await get(`${path}=${'x'.repeat(201)}`), 400, 'invalid_request');
      expectProblem(await get(`${path}=a&link=b`), 400, 'invalid_request');
    });

    it('is refused as a cookie that says nothing, and where one is asked for with another word than true', async () => {
      const { username: login, password, refreshToken } = scene().ada;
      for (const cookie of ['true', 1, null, {}, [true]])
        for (const [path, json] of [
          ['/user/v1/login', { login, password, cookie }],
          ['/user/v1/refresh-token', { refreshToken, cookie }],
        ] as const)
          expectProblem(await call(target(), 'POST', path, { json }), 400, 'invalid_request');
      for (const value of ['x', '__proto__', '%00', 'x'.repeat(4_000)]) {
        const headers = { cookie: `chatapp_refresh=${value}`, origin: target().url };
        const answer = await call(target(), 'POST', '/user/v1/refresh-token', { headers });
        expect(answer.body['code'], value.slice(0, 20)).to.be.oneOf(['refresh_token_invalid', 'origin_not_allowed']);
      }
    });
  });
};
