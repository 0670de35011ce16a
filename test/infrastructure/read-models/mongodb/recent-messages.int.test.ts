import { expect } from 'chai';
import fc from 'fast-check';
import type { RecordedEvent } from '../../../../src/application/ports/event-store.js';
import { LOG_START } from '../../../../src/domain/kernel/position.js';
import { describeOnMongo } from '../../../support/mongodb.js';
import { messagesIn, openStoredMessages, type StoredMessages } from '../../../support/mongo-messages.js';
import { feed, recorded } from '../../../support/projections.js';
import { attempts, type Attempt } from '../../../support/random-attempts.js';
import { historyOf } from '../../../support/random-history.js';

const LONG_MS = 120_000;
const RUNS = 5;

const step = (what: Attempt['what'], by: number, which = 0): Attempt => ({ what, by, whom: 3, where: 1, which });

/** A group of two, to which a third comes; a message that is edited, one that is deleted, one that came and was read. */
const HISTORY = historyOf([
  step('add', 1),
  step('send', 1),
  step('send', 2),
  step('edit', 1, 0),
  step('delete', 2, 1),
  step('send', 1),
  step('deliver', 2, 2),
  step('read', 2, 2),
  step('erase', 4),
]);

describeOnMongo('What the newest events must have left of messages in MongoDB', (server) => {
  let stored: StoredMessages;
  before(async () => {
    stored = await openStoredMessages(server());
  });
  after(() => stored.close());

  const apply = async (events: readonly RecordedEvent[]) => {
    await stored.empty();
    const store = messagesIn(stored.mongo).open();
    await feed(store, events, [events.length]);
    await store.release();
  };
  const problemsOf = async (events: readonly RecordedEvent[]) => {
    const found = await messagesIn(stored.mongo).findProblems(async (to) => ({ events, after: LOG_START, to }));
    return found.map(({ problem }) => problem.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…'));
  };

  it('is there, whatever happened', async function () {
    this.timeout(LONG_MS);
    const property = fc.asyncProperty(attempts, async (tried) => {
      const events = recorded(historyOf(tried));
      await apply(events);
      expect(await problemsOf(events)).to.deep.equal([]);
    });
    await fc.assert(property, { numRuns: RUNS });
  });

  for (const [what, [collection, filter, change, ...problems]] of Object.entries({
    'a message': [
      'messages',
      { seq: 1 },
      null,
      'conversation … has a hole behind ordinal 0',
      'message … is missing',
      'conversation … has 2 messages where the log has 3',
    ],
    'the sender of a message': ['messages', { seq: 1 }, { senderId: 'another' }, 'message … is not as it was sent'],
    'an edit': ['messages', { seq: 1 }, { position: 3n }, 'what changed message … is missing'],
    'the place of a member': [
      'members',
      { role: 'owner' },
      null,
      'member … of conversation … is missing',
      'conversation … counts 3 members and has 2',
    ],
    'the role of a member': [
      'members',
      { role: 'owner' },
      { role: 'member' },
      'member … of conversation … is not as the log has them',
    ],
    'a conversation': ['conversations', {}, null, 'conversation … is missing'],
    'the count of a conversation': [
      'conversations',
      {},
      { lastMessagePosition: 1n },
      'conversation … does not count its newest message',
    ],
    'what happened to a conversation': [
      'changes',
      { kind: 'member_added' },
      null,
      'what happened to conversation … is missing',
    ],
    'what was read': ['reads', {}, null, 'what user … read of conversation … is missing'],
    'how far somebody has read': ['members', {}, { readSeq: 0 }, 'what user … read of conversation … is missing'],
    'what has come': ['deliveries', {}, null, 'what came to user … of conversation … is missing'],
    'an erasure': ['erased', {}, null, 'user … is not known as erased'],
  } as const satisfies Record<string, readonly [string, object, object | null, ...string[]]>))
    it(`is missed where ${what} is not as the log has it`, async () => {
      const events = recorded(HISTORY);
      await apply(events);
      const documents = await stored.collection(collection);
      await (change === null ? documents.deleteMany(filter) : documents.updateMany(filter, { $set: change }));
      expect(new Set(await problemsOf(events))).to.deep.equal(new Set(problems));
    });
});
