import { expect } from 'chai';
import { ChatError } from '../../../src/interfaces/client/errors.js';
import { ChatModel } from '../../../src/interfaces/client/model/chat-model.js';
import { Sync } from '../../../src/interfaces/client/sync.js';
import { manualPlatform } from '../../support/manual-platform.js';

const READY = { type: 'ready', position: '7', resumed: false } as never;
const SENT = {
  type: 'message.sent',
  position: '8',
  message: { conversationId: 'c', messageId: 'm', seq: 1, senderId: 'eve', mentions: [], position: '8' },
};
const FOUND = { conversationId: 'c', members: [], unreadCount: 1, lastMessage: SENT.message, position: '8' };

/** A sync whose server fails so often to answer which conversation a message came in. */
const open = async (failures: number) => {
  const manual = manualPlatform();
  const model = new ChatModel('me');
  let asked = 0;
  const answer = (path: string): unknown => {
    if (path === '/conversation/v1') return { conversations: [], nextCursor: null };
    asked += 1;
    if (asked <= failures) throw new ChatError('unreachable', '');
    return FOUND;
  };
  const sync = new Sync({
    model,
    platform: manual.platform,
    call: async (_, path) => {
      await Promise.resolve();
      return answer(path) as never;
    },
    onMessage: () => undefined,
    onSnapshot: () => undefined,
    onFailure: () => undefined,
    onChange: () => undefined,
  });
  sync.ready(READY);
  await manual.pass(0);
  return { ...manual, sync, model, asked: () => asked };
};

describe('what keeps a client current', () => {
  it('asks again for the conversation of a message where it cannot be had at once, though no frame follows', async () => {
    const { sync, model, pass, asked } = await open(2);
    sync.take(SENT);
    await pass(10_000);
    expect([model.conversation('c')?.unreadCount, asked()]).to.deep.equal([1, 3]);
  });

  it('drops a frame that it has handled', async () => {
    const { sync, model, pass } = await open(0);
    sync.take(SENT);
    await pass(1_000);
    const before = model.conversation('c');
    sync.take({ type: 'conversation.preferences', position: '8', conversationId: 'c', preferences: { muted: true } });
    expect(model.conversation('c')).to.equal(before);
  });

  it('does not take a snapshot that belongs to a socket that is gone', async () => {
    const { sync, pass } = await open(0);
    sync.ready({ ...(READY as object), position: '9' } as never);
    sync.down();
    await pass(5_000);
    expect(sync.isCurrent).to.equal(false);
  });
});
