import { expect } from 'chai';
import fc from 'fast-check';
import { ERASED } from '../../../../src/application/kernel/erased.js';
import type { RecordedEvent } from '../../../../src/application/ports/event-store.js';
import { project } from '../../../../src/application/projections/projector.js';
import { searchProjection } from '../../../../src/application/projections/registry.js';
import { searchInMemory } from '../../../../src/infrastructure/read-models/memory/search-views.js';
import type { ProjectionGenerations } from '../../../../src/application/ports/projection-generations.js';
import { describeOnMongo } from '../../../support/mongodb.js';
import {
  messagesIn,
  openStoredMessages,
  openStoredSearch,
  rowsOf,
  searchIn,
  type StoredMessages,
} from '../../../support/mongo-messages.js';
import { fact } from '../../../support/events.js';
import { ada, bob, conversationNumber, messageNumber, positionOf } from '../../../support/ids.js';
import { recorded } from '../../../support/projections.js';
import { attempts, type Attempt } from '../../../support/random-attempts.js';
import { historyOf } from '../../../support/random-history.js';

const RUNS = 25;
const LONG_MS = 300_000;

const step = { whom: 2, by: 1, where: 4, which: 0 } as const;
/** A message of it is parked: it makes its conversation count one more, which was changed behind it. */
const ERASED_BEHIND: Attempt[] = [
  { ...step, what: 'start' },
  { ...step, what: 'send' },
  { ...step, what: 'add', whom: 3 },
  { ...step, what: 'send' },
  { what: 'erase', by: 1, whom: 1, where: 1, which: 0 },
];

/** Answers the events in the order in which they are applied where one is parked, and is applied when all others are. */
const withLast = (events: readonly RecordedEvent[], parked: RecordedEvent): readonly RecordedEvent[] => [
  ...events.filter((event) => event !== parked),
  parked,
];

/** Answers the rows that events make; undefined where they cannot be applied in this order. */
const rowsIfAny = (events: readonly RecordedEvent[]) => {
  try {
    return rowsOf(events);
  } catch {
    return undefined;
  }
};

/** Answers the messages as they are searched, by their ids, as events given one by one make them. */
const searchedOf = (events: readonly RecordedEvent[]) => {
  const tables = searchInMemory.create();
  const writers = searchInMemory.writersOf(tables);
  for (const event of events) project(searchProjection, writers, event);
  return Object.fromEntries(tables.messages);
};

/*
 * A parked event is applied again behind the checkpoint. What it changes of documents that are there was taken for what a batch
 * before had stored: an edit, a removal of a member, or an erasure was lost, and was parked no more.
 */
describeOnMongo('A parked event that MongoDB applies again', (server) => {
  let messages: StoredMessages;
  let search: StoredMessages;
  before(async () => {
    messages = await openStoredMessages(server());
    search = await openStoredSearch(server());
  });
  after(() => Promise.all([messages.close(), search.close()]));

  /** Applies all events but one, which is parked, then that one, twice, as if the answer had been lost. */
  const redrive = async (
    generations: Pick<ProjectionGenerations, 'open'>,
    events: readonly RecordedEvent[],
    parked: RecordedEvent,
  ): Promise<void> => {
    const store = generations.open();
    await store.acquire();
    await store.apply({
      events: events.filter((event) => event !== parked),
      parked: [{ event: parked, reason: 'a bug' }],
      from: positionOf(0),
      to: positionOf(events.length),
    });
    for (const _ of ['once', 'twice']) await store.applyParked(parked);
    await store.release();
  };

  it('changes what it would have changed, whatever came behind it', async function () {
    this.timeout(LONG_MS);
    const seen = new Set<string>();
    const property = fc.asyncProperty(attempts, fc.nat(), async (tried, which) => {
      const events = recorded(historyOf(tried));
      const parked = events[which % events.length];
      const expected = parked && rowsIfAny(withLast(events, parked));
      fc.pre(expected !== undefined);
      await messages.empty();
      await redrive(messagesIn(messages.mongo), events, parked as RecordedEvent);
      expect(await messages.rows()).to.deep.equal(expected);
      seen.add((parked as RecordedEvent).type);
    });
    await fc.assert(property, {
      numRuns: RUNS,
      examples: [0, 1, 2, 3, 4].map((which): [Attempt[], number] => [ERASED_BEHIND, which]),
    });
    expect(seen.size, 'kinds of events').to.be.greaterThan(3);
  });

  it('takes the words of an erased user away, also of what others have changed since', async () => {
    const [conversationId, messageId] = [conversationNumber(1), messageNumber(1)];
    const members = [ada, bob].map((userId) => ({ userId, role: 'member' as const }));
    const events = recorded([
      fact('ConversationStarted', { conversationId, kind: 'group', title: 'a secret', startedBy: ada, members }),
      fact('MessageSent', { conversationId, messageId, senderId: ada, text: 'a secret', mentions: [bob] }),
      fact('UserErased', { userId: ada }),
      fact('ReactionAdded', { conversationId, messageId, userId: bob }),
    ]);
    await messages.empty();
    await redrive(messagesIn(messages.mongo), events, events[2] as RecordedEvent);
    const { conversations, messages: found } = await messages.rows();
    expect(conversations?.[conversationId]).to.include({ title: ERASED, position: '4' });
    expect(found?.[messageId]).to.include({ text: ERASED, mentions: null, change: 'reacted', position: '4' });
  });

  const searched = async () => {
    const { messages: found = {} } = await search.rows();
    return Object.fromEntries(Object.entries(found).map(([id, { grams: _, ...row }]) => [id, row]));
  };

  it('changes what searches find', async function () {
    this.timeout(LONG_MS);
    const property = fc.asyncProperty(attempts, fc.nat(), async (tried, which) => {
      const events = recorded(historyOf(tried));
      const ofMessages = events.filter(({ type }) => ['MessageEdited', 'MessageDeleted', 'UserErased'].includes(type));
      const parked = ofMessages.at(which % ofMessages.length);
      fc.pre(parked !== undefined);
      await search.empty();
      await redrive(searchIn(search.mongo), events, parked);
      expect(await searched()).to.deep.equal(searchedOf(withLast(events, parked)));
    });
    await fc.assert(property, { numRuns: RUNS });
  });
});
