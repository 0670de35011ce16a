import { expect } from 'chai';
import { startApp, type RunningApp } from '../support/app.js';
import { call, expectProblem } from '../support/call.js';
import { eventually } from '../support/eventually.js';
import { history, logIn, PASSWORD, send, signUp, type SignedUp } from '../support/signed-up.js';
import type { Target } from '../support/target.js';

interface Found {
  readonly messageId: string;
  readonly text: string;
  readonly conversationId: string;
  readonly sentAt: string;
  readonly cursor: string;
}

/** More than a chunk of what is stored at once. */
const MANY = 70;

const SCRIPTS: Readonly<Record<string, readonly [text: string, ...queries: string[]]>> = {
  Latin: ['Crème brûlée à la carte', 'creme', 'BRULEE carte', 'ème brû', '"a la carte"', 'rûl'],
  German: ['Die Straße nach Gießen', 'STRASSE', 'giessen', 'straß'],
  Polish: ['Zażółć gęślą jaźń', 'zazolc', 'gesla jazn'],
  Greek: ['Ὁ Ὀδυσσεύς', 'οδυσσευσ', 'ΟΔΥΣΣΕΥΣ', 'δυσ'],
  Russian: ['Ещё раз, Пётр', 'еще', 'петр', 'ЁТР'],
  Chinese: ['我们明天去北京看龙猫', '龙猫', '北京', '猫', '明天去北京'],
  Japanese: ['東京タワーへ行きました', '東京', 'ﾀﾜｰ', '行き 東京', 'ました'],
  Korean: ['내일 학교에서 만나요', '학교', '만나', '학교 내일', '에서'],
  Thai: ['พรุ่งนี้เจอกันที่โรงเรียน', 'โรงเรียน', 'เจอ', 'พรุ่งนี้'],
  Arabic: ['مَرْحَبًا بِكُمْ فِي ٱلْمَدْرَسَةِ', 'مرحبا', 'المدرسه', 'درس', 'ﻣﺮﺣﺒﺎ'],
  Hebrew: ['שָׁלוֹם עולם', 'שלום', 'עולמ', 'לום'],
  Hindi: ['नमस्ते दुनिया', 'नमस्ते', 'दुनि'],
  mixed: ['使用 iPhone 手机 at 9時', 'iphone手机', 'IPHONE 使用', '9時'],
  emoji: ['well done 👍🏽❤️', '👍🏽', '❤'],
  signs: ["50% off_now C:\\temp it's c++", '%', '\\', "'", '_', '50%', 'c++', 'f_n'],
};

describe('the search', () => {
  let app: RunningApp;
  let other: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let eve: SignedUp;
  let last = '0';

  before(async function () {
    this.timeout(120_000);
    app = await startApp();
    other = await startApp({ beside: app });
    [ada, bob, eve] = [await signUp(app, 'ada'), await signUp(app, 'bob'), await signUp(app, 'eve')];
  });
  after(async () => {
    await other.stop();
    await app.stop();
  });

  const ask = (user: SignedUp, query: Readonly<Record<string, string>>, target: Target = app, position = last) =>
    call(target, 'GET', `/message/v1/search?${new URLSearchParams(query).toString()}`, {
      token: user.accessToken,
      headers: { 'x-min-position': position },
    });
  const page = async (...asked: Parameters<typeof ask>) => {
    const answer = await ask(...asked);
    expect(answer.status, answer.text).to.equal(200);
    return answer.body as unknown as { readonly messages: readonly Found[]; readonly nextCursor: string | null };
  };
  const textsOf = async (...asked: Parameters<typeof ask>) => (await page(...asked)).messages.map(({ text }) => text);
  const as = async (user: SignedUp, method: string, path: string, json?: object) => {
    const answer = await call(app, method, path, { token: user.accessToken, ...(json && { json }) });
    expect(answer.status, answer.text).to.be.oneOf([200, 201, 202, 204]);
    return answer;
  };
  const groupOf = async (owner: SignedUp, ...members: readonly SignedUp[]): Promise<string> => {
    const json = { kind: 'group', title: 'Engines', memberIds: members.map(({ userId }) => userId) };
    const { body } = await as(owner, 'POST', '/conversation/v1', json);
    return (body['conversation'] as { conversationId: string }).conversationId;
  };
  const say = async (user: SignedUp, conversationId: string, text: string) => {
    const sent = await send(app, user, { conversationId, text });
    last = sent.position;
    return sent as typeof sent & Pick<Found, 'sentAt'>;
  };

  for (const [script, [text, ...queries]] of Object.entries(SCRIPTS))
    it(`finds words and parts of words: ${script}`, async () => {
      const conversationId = await groupOf(ada, bob);
      await say(ada, conversationId, text);
      await say(bob, conversationId, 'nothing of it');
      for (const q of queries) expect(await textsOf(bob, { q, conversationId }, app, last), q).to.deep.equal([text]);
      expect(await textsOf(bob, { q: `${queries[0] ?? ''}x`, conversationId }), 'more than it contains').to.deep.equal(
        [],
      );
    });

  it('finds old and new messages, page by page, the newest first, and where each stands in the history', async () => {
    const conversationId = await groupOf(ada, bob);
    for (let n = 1; n <= MANY; n += 1) await say(n % 2 ? ada : bob, conversationId, `lunch number ${n}`);
    const texts: string[] = [];
    let cursor: string | null = null;
    do {
      const query = { q: 'number lunch', conversationId, limit: '30', ...(cursor !== null && { cursor }) };
      const { messages, nextCursor }: Awaited<ReturnType<typeof page>> = await page(bob, query);
      texts.push(...messages.map(({ text }) => text));
      cursor = nextCursor;
      if (texts.length === 30) await say(ada, conversationId, 'lunch number 1000');
    } while (cursor !== null);
    expect(texts).to.deep.equal(Array.from({ length: MANY }, (_, n) => `lunch number ${MANY - n}`));
    const [found] = (await page(bob, { q: '"number 7"', conversationId, limit: '100' })).messages.slice(-1);
    expect(found?.text).to.equal('lunch number 7');
    const around = await as(
      bob,
      'GET',
      `/message/v1/history?conversationId=${conversationId}&limit=2&around=${found?.cursor}`,
    );
    expect((around.body['messages'] as Found[])[1]).to.deep.equal(found);
  });

  it('finds messages by sender and time', async () => {
    const conversationId = await groupOf(ada, bob);
    const first = await say(ada, conversationId, 'tea one');
    await eventually(
      async () => Date.now(),
      (time) => time > Date.parse(first.sentAt),
    );
    await say(bob, conversationId, 'tea two');
    const { sentAt } = (await history(app, ada, conversationId, last)).find(
      ({ messageId }) => messageId !== first.messageId,
    ) as unknown as Found;
    expect(await textsOf(ada, { q: 'tea', conversationId, from: ada.userId })).to.deep.equal(['tea one']);
    expect(await textsOf(ada, { q: 'tea', conversationId, before: sentAt })).to.deep.equal(['tea one']);
    expect(await textsOf(ada, { q: 'tea', conversationId, after: sentAt })).to.deep.equal(['tea two']);
    expect(await textsOf(ada, { q: 'tea', conversationId, after: sentAt, before: sentAt })).to.deep.equal([]);
  });

  it('shows messages as the history does, with their reactions, mentions and replies', async () => {
    const conversationId = await groupOf(ada, bob);
    const { messageId } = await say(ada, conversationId, 'see @bob');
    const reply = await send(app, bob, { conversationId, text: 'see it', replyTo: messageId });
    await as(bob, 'PUT', `/message/v1/${messageId}/reactions/${encodeURIComponent('👍')}`);
    const { messages } = await page(bob, { q: 'see', conversationId });
    expect(messages.map((each) => each.messageId)).to.deep.equal([reply.messageId, messageId]);
    expect(messages.toReversed()).to.deep.equal(await history(app, bob, conversationId, reply.position));
  });

  it('finds an edited message by its new text, and a deleted one no more', async () => {
    const conversationId = await groupOf(ada, bob);
    const one = await say(ada, conversationId, 'breakfast');
    const two = await say(ada, conversationId, 'breakfast too');
    await as(ada, 'PATCH', `/message/v1/${one.messageId}`, { text: 'dinner' });
    await as(ada, 'DELETE', `/message/v1/${two.messageId}`);
    expect(await textsOf(ada, { q: 'breakfast', conversationId })).to.deep.equal([]);
    expect(await textsOf(ada, { q: 'dinner', conversationId })).to.deep.equal(['dinner']);
  });

  it('shows a new member the history from the start, and who was removed nothing any more', async () => {
    const conversationId = await groupOf(ada, bob);
    await say(ada, conversationId, 'secret recipe');
    expect(await textsOf(eve, { q: 'secret' }, app, last)).to.deep.equal([]);
    expectProblem(await ask(eve, { q: 'secret', conversationId }), 404, 'conversation_not_found');
    await as(ada, 'POST', `/conversation/v1/${conversationId}/members`, { userIds: [eve.userId] });
    const joined = await say(ada, conversationId, 'welcome');
    expect(await textsOf(eve, { q: 'secret' }, app, joined.position)).to.deep.equal(['secret recipe']);
    const removed = await as(ada, 'DELETE', `/conversation/v1/${conversationId}/members/${eve.userId}`);
    const gone = removed.headers.get('x-position') ?? '';
    expect(await textsOf(eve, { q: 'secret' }, other, gone)).to.deep.equal([]);
    expectProblem(await ask(eve, { q: 'secret', conversationId }, app, gone), 404, 'conversation_not_found');
  });

  it('shows on every node what a position says', async () => {
    const conversationId = await groupOf(ada, bob);
    for (let n = 0; n < 10; n += 1) {
      const { position } = await say(ada, conversationId, `node word${n}`);
      expect(await textsOf(bob, { q: `word${n}`, conversationId }, other, position)).to.deep.equal([`node word${n}`]);
      expect(await textsOf(ada, { q: `ord${n}`, conversationId })).to.deep.equal([`node word${n}`]);
    }
  });

  it('shows the messages of a renamed user, and none of an erased one', async () => {
    const zoe = await signUp(app, 'zoe');
    const conversationId = await groupOf(ada, zoe);
    for (let n = 1; n <= MANY; n += 1) await say(zoe, conversationId, `farewell ${n}`);
    await say(ada, conversationId, 'farewell, @zoe');
    await as(zoe, 'PATCH', '/user/v1/me', { displayName: 'Zoe Two' });
    expect(await textsOf(ada, { q: 'farewell', from: zoe.userId, limit: '100' }, app, last)).to.have.length(MANY);
    await as(zoe, 'DELETE', '/user/v1/me', { password: PASSWORD });
    const after = await say(ada, conversationId, 'over');
    for (const target of [app, other]) {
      expect(await textsOf(ada, { q: 'farewell', conversationId }, target, after.position)).to.deep.equal([
        'farewell, @zoe',
      ]);
      expect(await textsOf(ada, { q: 'farewell', from: zoe.userId }, target, after.position)).to.deep.equal([]);
    }
  });

  it('finds what is long, or repeats one sign', async () => {
    const conversationId = await groupOf(ada, bob);
    const storm = '@'.repeat(8_000);
    const long = Array.from({ length: 4_000 }, (_, n) => String.fromCodePoint(0x4e00 + n)).join('');
    await say(ada, conversationId, storm);
    await say(ada, conversationId, long);
    await say(ada, conversationId, `a${'\u0301'.repeat(100)}b`);
    for (let n = 0; n < MANY; n += 1) await say(bob, conversationId, 'x');
    expect(await textsOf(bob, { q: '@'.repeat(256), conversationId })).to.deep.equal([storm]);
    expect(await textsOf(bob, { q: '@', conversationId })).to.deep.equal([storm]);
    expect(
      await textsOf(bob, { q: String.fromCodePoint(0x4e00 + 3_000, 0x4e00 + 3_001), conversationId }),
    ).to.deep.equal([long]);
    expect(await textsOf(bob, { q: 'ab', conversationId })).to.have.length(1);
  });

  it('refuses what is no search, and cursors of others', async () => {
    const conversationId = await groupOf(ada, bob);
    for (let n = 0; n < 3; n += 1) await say(ada, conversationId, `tea ${n}`);
    const first = await page(ada, { q: 'tea', conversationId, limit: '1' });
    const cursor = first.nextCursor ?? '';
    const { accessToken } = await logIn(app, ada);
    expect(await textsOf({ ...ada, accessToken }, { q: 'TEA', conversationId, cursor, limit: '5' })).to.deep.equal([
      'tea 1',
      'tea 0',
    ]);
    const bad: readonly Readonly<Record<string, string>>[] = [
      {},
      { q: '' },
      { q: '   ' },
      { q: '""' },
      { q: '\u0301\u200d' },
      { q: 'a\u0000b' },
      { q: 'a\nb' },
      { q: 'x'.repeat(257) },
      { q: Array.from({ length: 500 }, (_, n) => `w${n}`).join(' ') },
      { q: Array.from({ length: 21 }, (_, n) => `w${String.fromCharCode(97 + n)}`).join(' ') },
      { q: 'tea', limit: '0' },
      { q: 'tea', limit: '101' },
      { q: 'tea', limit: 'x' },
      { q: 'tea', from: 'ada' },
      { q: 'tea', conversationId: '%' },
      { q: 'tea', before: 'yesterday' },
      { q: 'tea', after: '12' },
      { q: 'tea', more: 'x' },
      { q: 'tea', cursor: 'x' },
      { q: 'tea', cursor: first.messages[0]?.cursor ?? '' },
      { q: 'tea', cursor },
      { q: 'coffee', conversationId, cursor },
      { q: 'tea', conversationId, cursor, from: bob.userId },
      { q: 'tea', conversationId, cursor: `s${'9'.repeat(30)}-x` },
    ];
    for (const query of bad) expectProblem(await ask(ada, query), 400, 'invalid_request');
    expectProblem(await ask(bob, { q: 'tea', conversationId, cursor }), 400, 'invalid_request');
    const twice = await call(app, 'GET', '/message/v1/search?q=tea&q=coffee', { token: ada.accessToken });
    expectProblem(twice, 400, 'invalid_request');
    expectProblem(await call(app, 'GET', '/message/v1/search?q=tea'), 401, 'unauthenticated');
    expectProblem(
      await call(app, 'POST', '/message/v1/search?q=tea', { token: ada.accessToken }),
      405,
      'method_not_allowed',
    );
  });
});
