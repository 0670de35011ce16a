import { expect } from 'chai';
import { ChatModel } from '../../../src/interfaces/client/model/chat-model.js';
import { Sync } from '../../../src/interfaces/client/sync.js';
import type { Call } from '../../../src/interfaces/client/queries.js';
import type { Frame, Message } from '../../../src/interfaces/client/wire.js';
import { manualPlatform } from '../../support/manual-platform.js';

const AT = '2026-01-01T00:00:00.000Z';
/** The random number of the platform is one half, and clients wait for a second at most. */
const PAUSE_MS = 500;

const message = (seq: number, position: number, text: string): Message => ({
  ...{ messageId: `m${seq}`, conversationId: 'c', seq, senderId: 'other', text, mentions: [], attachments: [] },
  ...{ replyTo: null, replyToDeleted: false, reactions: [], sentAt: AT, editedAt: null, deletedAt: null },
  ...{ position: String(position), cursor: `cursor ${seq}` },
});

const sent = (seq: number, position: number): Frame => ({
  ...{ type: 'message.sent', position: String(position), message: message(seq, position, `text ${seq}`) },
});

const resync = (position: number): Frame => ({
  ...{ type: 'resync', position: String(position), since: String(position - 1), left: [] },
  conversations: [{ conversationId: 'c', cursor: 'end', changed: true }],
});

/** A client that has a snapshot as of position 10, and a server that answers when the test says so. */
const scene = async () => {
  const manual = manualPlatform();
  const asked: (readonly [string, string | undefined])[] = [];
  const news: number[] = [];
  let changes: Message[] = [];
  const call = (async (_method: string, path: string, { minPosition }: { minPosition?: string } = {}) => {
    asked.push([path, minPosition]);
    if (path === '/message/v1/changes') return { messages: changes, nextCursor: null };
    if (path !== '/conversation/v1') return { messages: [], previousCursor: null, nextCursor: null };
    return {
      conversations: [
        {
          ...{ conversationId: 'c', kind: 'group', title: 'Engines', members: [], memberCount: 2, createdAt: AT },
          ...{ lastMessage: message(1, 5, 'text 1'), lastActivityAt: AT, unreadCount: 0, mentionCount: 0 },
          ...{ lastReadMessageId: 'm1', preferences: { muted: false, archived: false, pinned: false }, position: '5' },
        },
      ],
      nextCursor: null,
    };
  }) as Call;
  const model = new ChatModel('me');
  const sync = new Sync({
    ...{ model, call, platform: manual.platform, onSnapshot: () => undefined, onChange: () => undefined },
    onFailure: () => expect.fail('the snapshot could not be had'),
    onMessage: ({ seq }, isNew) => {
      if (isNew) news.push(seq);
    },
  });
  sync.ready({ position: '10', resumed: false } as Parameters<typeof sync.ready>[0]);
  await manual.pass(0);
  model.know('c', [message(1, 5, 'text 1')]);
  asked.length = 0;
  return {
    ...{ sync, asked, news, pass: manual.pass },
    texts: () => model.messages('c').map(({ text }) => text),
    answer: (given: Message[]) => (changes = given),
  };
};

describe('a client that is told live to ask again', () => {
  it('waits for a moment, as others are told too, and then goes on with what came meanwhile', async () => {
    const { sync, asked, news, texts, answer, pass } = await scene();
    answer([message(1, 12, 'erased')]);
    sync.take(sent(2, 11));
    sync.take(resync(12));
    sync.take(sent(3, 13));
    await pass(PAUSE_MS - 1);
    expect([asked, sync.position, texts()]).to.deep.equal([[], '11', ['text 1', 'text 2']]);
    await pass(1);
    expect(asked.map(([path]) => path)).to.include.members(['/conversation/v1', '/message/v1/changes']);
    expect(asked.every(([, minPosition]) => minPosition === '12')).to.equal(true);
    expect([sync.position, texts(), news]).to.deep.equal(['13', ['erased', 'text 2', 'text 3'], [2, 3]]);
  });

  // The second took the place of the first, and of every frame between the two.
  it('asks once more where that is told again meanwhile, and loses no frame between the two', async () => {
    const { sync, asked, news, texts, pass } = await scene();
    sync.take(resync(12));
    sync.take(sent(2, 13));
    sync.take(resync(14));
    sync.take(sent(3, 15));
    await pass(2 * PAUSE_MS);
    const since = asked.filter(([path]) => path === '/message/v1/changes').map(([, minPosition]) => minPosition);
    expect(since).to.deep.equal(['12', '14']);
    expect([sync.position, texts(), news]).to.deep.equal(['15', ['text 1', 'text 2', 'text 3'], [2, 3]]);
  });

  it('asks nothing where that comes once more', async () => {
    const { sync, asked, pass } = await scene();
    sync.take(resync(12));
    await pass(PAUSE_MS);
    asked.length = 0;
    sync.take(resync(12));
    await pass(PAUSE_MS);
    expect(asked).to.deep.equal([]);
  });

  it('asks at once behind a break: others come back at other moments', async () => {
    const { sync, asked, pass } = await scene();
    sync.down();
    sync.ready({ position: '20', resumed: true } as Parameters<typeof sync.ready>[0]);
    sync.take({ ...resync(20), since: '10' });
    await pass(0);
    expect(asked.map(([path]) => path)).to.include('/message/v1/changes');
  });

  it('asks for a page as of then, too: it would bring back what is gone', async () => {
    const { sync, asked, pass } = await scene();
    sync.take(resync(12));
    await sync.page('c', {}, 10);
    expect(asked).to.deep.equal([['/message/v1/history', '12']]);
    await pass(PAUSE_MS);
    await sync.page('c', {}, 10);
    expect(asked.at(-1)).to.deep.equal(['/message/v1/history', '12']);
  });
});
