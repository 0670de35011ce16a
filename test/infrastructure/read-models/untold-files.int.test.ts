import { expect } from 'chai';
import { streamOf, type Position } from '../../../src/domain/kernel/ids.js';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import type { IndexUnderTest } from '../../contracts/audit-index.js';
import { fact } from '../../support/events.js';
import { ada, at, conversationNumber, mediaNumber, messageNumber } from '../../support/ids.js';
import { openMemoryIndex, openPostgresIndex } from '../../support/index-under-test.js';
import { recorded } from '../../support/projections.js';

const [conversationId, messageId] = [conversationNumber(1), messageNumber(1)];
const streams = [
  streamOf('conversation', conversationId),
  streamOf('media', mediaNumber(1)),
  streamOf('message', messageId),
];
const events = recorded([
  fact('ConversationStarted', { conversationId }),
  fact('MediaAttached', { messageId }),
  fact('MessageSent', { messageId, conversationId }),
]).map((event, n) => ({
  ...event,
  ...{ streamId: streams[n], metadata: { actorId: ada, recordedAt: at(n) } },
})) as unknown as readonly RecordedEvent[];

// A page that was asked for between the batch with the files and the one with their message passed over the files, and
// the cursor went on behind them.
for (const [name, open] of Object.entries<() => Promise<IndexUnderTest>>({
  memory: openMemoryIndex,
  PostgreSQL: () => openPostgresIndex(),
}))
  describe(`The files of a message that the index does not have yet, in ${name}`, () => {
    let opened: IndexUnderTest;
    before(async () => {
      opened = await open();
    });
    after(() => opened.close());

    const find = async (upTo: number, limit = 10) => {
      const stretch = { after: '0' as Position, upTo: String(upTo) as Position };
      return opened.index.find({ conversationId }, stretch, limit);
    };

    it('are offered with every conversation, and with their own alone once it comes', async () => {
      await opened.feed(events.slice(0, 2), [2]);
      expect(await find(2)).to.deep.equal({ positions: ['1', '2'], lookedUpTo: '2' });
      expect(await find(2, 1)).to.deep.equal({ positions: ['1'], lookedUpTo: '1' });
      const other = { conversationId: conversationNumber(2) };
      const whole = { after: '0' as Position, upTo: '3' as Position };
      expect((await opened.index.find(other, whole, 10)).positions).to.deep.equal(['2']);
      await opened.feed(events, [3]);
      expect((await find(3)).positions).to.deep.equal(['1', '2', '3']);
      expect((await opened.index.find(other, whole, 10)).positions).to.deep.equal([]);
    });
  });
