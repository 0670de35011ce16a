import { expect } from 'chai';
import type { AuditIndex, EventCriteria } from '../../src/application/ports/audit-index.js';
import type { PastIndex } from '../../src/application/ports/past-index.js';
import type { RecordedEvent } from '../../src/application/ports/event-store.js';
import { streamOf, type Instant, type Position, type StreamId, type UserId } from '../../src/domain/kernel/ids.js';
import { fact } from '../support/events.js';
import { ada, at, bob, cleo, conversationNumber, eve, mediaNumber, messageNumber } from '../support/ids.js';
import { recorded, type Fact } from '../support/projections.js';

/** An index that is empty at first. */
export interface IndexUnderTest {
  readonly index: AuditIndex;
  readonly past: PastIndex;
  /** Applies events from the start of the log in batches of these sizes, whether or not some were applied before. */
  feed(events: readonly RecordedEvent[], sizes: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

type Placed = Fact & { readonly stream: StreamId; readonly actor: UserId | null; readonly at: Instant };

const HOUR = 3_600;
const [one, two] = [conversationNumber(1), conversationNumber(2)];
const messageStream = (n: number) => streamOf('message', messageNumber(n));
const placed = (what: Fact, stream: StreamId, actor: UserId | null, seconds: number): Placed => ({
  ...what,
  stream,
  actor,
  at: at(seconds),
});

/** What has happened, in the order of the log. The second message is recorded by a clock that is behind. */
const history: readonly Placed[] = [
  placed(fact('ConversationStarted', { conversationId: one }), streamOf('conversation', one), ada, 0),
  placed(fact('MediaAttached', { messageId: messageNumber(1) }), streamOf('media', mediaNumber(1)), ada, 10),
  placed(fact('MessageSent', { messageId: messageNumber(1), conversationId: one }), messageStream(1), ada, 10),
  placed(
    fact('MessageSent', { messageId: messageNumber(2), conversationId: two, senderId: bob, mentions: [cleo] }),
    messageStream(2),
    bob,
    5,
  ),
  placed(fact('MessageEdited', { messageId: messageNumber(1), conversationId: one }), messageStream(1), ada, 2 * HOUR),
  placed(fact('MediaAttached', { messageId: messageNumber(2) }), streamOf('media', mediaNumber(2)), bob, 2 * HOUR + 1),
  placed(fact('ContactAdded', { userId: ada, contactId: cleo }), streamOf('user', ada), ada, 26 * HOUR),
];

const events: readonly RecordedEvent[] = recorded(history).map((event, n) => {
  const { stream, actor, at: recordedAt } = history[n] as Placed;
  return { ...event, streamId: stream, metadata: { actorId: actor, recordedAt } } as RecordedEvent;
});

const WAYS: Readonly<Record<string, readonly (readonly number[])[]>> = {
  'one by one': [[1]],
  'all at once': [[events.length]],
  'twice, in batches of several sizes': [
    [2, 3],
    [3, 1, 4],
  ],
};

const WHOLE = { after: '0' as Position, upTo: String(events.length) as Position };

const found: Readonly<Record<string, readonly [EventCriteria, readonly number[]]>> = {
  'by who acted': [{ actorId: bob }, [4, 6]],
  'by whom they concern': [{ userId: cleo }, [4, 7]],
  'by whom they concern, who acted included': [{ userId: bob }, [1, 4, 6]],
  'by a user of whom there is nothing': [{ userId: eve }, []],
  'by conversation, the files of its messages included': [{ conversationId: one }, [1, 2, 3, 5]],
  'by conversation, files that come late included': [{ conversationId: two }, [4, 6]],
  'by stream': [{ streamId: messageStream(1) }, [3, 5]],
  'by type': [{ type: 'MessageSent' }, [3, 4]],
  'by two things at once': [{ conversationId: one, type: 'MessageSent' }, [3]],
  'by user and actor': [{ userId: cleo, actorId: bob }, [4]],
  'by user and conversation': [{ userId: bob, conversationId: one }, [1]],
  'by the first moment': [{ from: at(2 * HOUR) }, [5, 6, 7]],
  'by the first moment, also where clocks differ': [{ from: at(10) }, [2, 3, 5, 6, 7]],
  'by the moment before which they are': [{ to: at(10) }, [1, 4]],
  'by a range of days': [{ from: at(HOUR), to: at(26 * HOUR) }, [5, 6]],
  'by a time in which there is nothing': [{ from: at(100 * HOUR) }, []],
  'by a time before all': [{ to: at(-HOUR) }, []],
  'by type and time': [{ type: 'MessageSent', from: at(6), to: at(HOUR) }, [3]],
};

/** Tests an index that is fed with the same history in different ways. */
export const describeAuditIndex = (open: () => Promise<IndexUnderTest>): void => {
  for (const [way, feeds] of Object.entries(WAYS))
    describe(`fed ${way}`, () => {
      let opened: IndexUnderTest;
      before(async () => {
        opened = await open();
        for (const sizes of feeds) await opened.feed(events, sizes);
      });
      after(() => opened.close());

      const positions = async (criteria: EventCriteria, stretch = WHOLE, limit = 100) => {
        const { positions: list, lookedUpTo } = await opened.index.find(criteria, stretch, limit);
        return { list: list.map(Number), lookedUpTo: Number(lookedUpTo) };
      };

      it('knows how far it is', async () => expect(await opened.index.reached()).to.equal(String(events.length)));

      for (const [what, [criteria, expected]] of Object.entries(found))
        it(`finds events ${what}`, async () =>
          expect(await positions(criteria)).to.deep.equal({ list: expected, lookedUpTo: events.length }));

      it('finds a part, and says where to go on', async () => {
        expect(await positions({ actorId: ada }, WHOLE, 2)).to.deep.equal({ list: [1, 2], lookedUpTo: 2 });
        const rest = { after: '2' as Position, upTo: '5' as Position };
        expect(await positions({ actorId: ada }, rest, 9)).to.deep.equal({ list: [3, 5], lookedUpTo: 5 });
      });

      it('counts by time and type', async () => {
        const query = { type: undefined, from: undefined, to: undefined, after: undefined, limit: 99 };
        const { counts, position } = await opened.index.count({ ...query, bucket: 'hour' });
        expect(position).to.equal(String(events.length));
        expect(counts.map(({ start, type, events: n }) => [start.slice(8, 13), type, n])).to.deep.equal([
          ['31T12', 'ConversationStarted', 1],
          ['31T12', 'MediaAttached', 1],
          ['31T12', 'MessageSent', 2],
          ['31T14', 'MediaAttached', 1],
          ['31T14', 'MessageEdited', 1],
          ['01T14', 'ContactAdded', 1],
        ]);
        const days = await opened.index.count({ ...query, bucket: 'day', type: 'MessageSent' });
        expect(days.counts).to.deep.equal([{ start: '2026-01-31T00:00:00.000Z', type: 'MessageSent', events: 2 }]);
      });

      it('counts a part, and goes on behind it', async () => {
        const query = { bucket: 'minute', type: undefined, from: at(2 * HOUR + 30), to: at(27 * HOUR) } as const;
        const [first] = (await opened.index.count({ ...query, after: undefined, limit: 1 })).counts;
        expect(first).to.include({ start: at(2 * HOUR), type: 'MediaAttached' });
        const rest = await opened.index.count({ ...query, after: first, limit: 9 });
        expect(rest.counts.map(({ type }) => type)).to.deep.equal(['MessageEdited', 'ContactAdded']);
      });
      it('says how far it is also where there is nothing to count', async () => {
        const query = { bucket: 'day', type: 'UserErased', limit: 9 } as const;
        expect(await opened.index.count(query)).to.deep.equal({ counts: [], position: String(events.length) });
      });
    });
};
