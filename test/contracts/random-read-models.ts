import { expect } from 'chai';
import fc from 'fast-check';
import type { RecordedEvent } from '../../src/application/ports/event-store.js';
import type { ConversationChangeLookup } from '../../src/application/ports/conversation-views.js';
import type { Position } from '../../src/domain/kernel/ids.js';
import { draws } from '../support/draws.js';
import { at, conversationNumber, messageNumber, positionOf, userNumber } from '../support/ids.js';
import { openMemoryReadModels } from '../support/memory-read-models.js';
import { recorded, type Fact } from '../support/projections.js';
import { attempts } from '../support/random-attempts.js';
import { historyOf } from '../support/random-history.js';
import { userHistories } from '../support/random-users.js';
import { same } from '../support/same.js';
import type { OpenReadModels, Views } from './read-model-steps.js';

const RUNS = draws(6);
const LONG_MS = 120_000;
const MUCH = 100;

const users = [1, 2, 3, 4].map(userNumber);
const conversations = [1, 2, 3, 4].map(conversationNumber);
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

/** Sorts rows by a key, because the views leave their order open. */
const sortedBy = <Row>(keyOf: (row: Row) => string, rows: readonly Row[]): Row[] =>
  [...rows].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));

/** Answers everything that any user is shown of conversations, at some positions of the log. */
export const shownOfConversations = async (
  { conversations: views, messages, pins }: Views,
  places: readonly Position[],
) => {
  const everything = { before: undefined, limit: MUCH };
  const lookups = places.flatMap((position): ConversationChangeLookup[] =>
    conversations.map((conversationId) => {
      const removed = users.slice(0, 2).map((userId) => ({ userId, position }));
      return { conversationId, position, joined: users.slice(1, 3), removed };
    }),
  );
  return {
    inboxes: await Promise.all(users.map((user) => views.inbox(user, everything))),
    lists: await Promise.all(
      users.map(async (user) =>
        sortedBy(({ conversationId }) => conversationId, await views.findSome(user, conversations)),
      ),
    ),
    members: sortedBy(({ userId, conversationId }) => userId + conversationId, await views.membershipsOf(users)),
    changed: await views.findChanged(lookups),
    histories: await Promise.all(conversations.map((each) => messages.history(each, { kind: 'newest' }, 5))),
    times: await Promise.all(conversations.map((each) => messages.history(each, { kind: 'at', time: at(20) }, 3))),
    changes: await Promise.all(
      conversations.flatMap((each) => places.map((since) => messages.changes(each, { since, after: since }, 5))),
    ),
    receipts: await Promise.all(
      Array.from({ length: 12 }, (_, n) => messages.receipts(messageNumber(n + 1), { after: undefined, limit: MUCH })),
    ),
    pinned: await Promise.all(conversations.map((each) => pins.list(each))),
    some: sortedBy(
      ({ messageId }) => messageId,
      await messages.findSome(Array.from({ length: 12 }, (_, n) => messageNumber(n + 1))),
    ),
    reacted: await Promise.all(users.map((user) => messages.reactedBy(user, null, MUCH))),
    sent: await Promise.all(users.map((user) => messages.sentBy(user, null, MUCH))),
    missed: await Promise.all(
      users.flatMap((user) =>
        places.map(async (after) => [
          await views.changesSince(user, after, MUCH),
          await views.readsSince(user, after, MUCH),
          await views.receiptsSince(user, after, MUCH),
          await views.unseenSince(user, after),
          await views.leftSince(user, after),
          await views.changedByErasure({ userId: user, since: after, position: positionOf(BigInt(after) + 1n) }),
          await views.preferencesSince(user, after, MUCH),
          await pins.changedSince(user, after, MUCH),
          await messages.sentSince(user, after, { limit: MUCH, maxTextBytes: 40 }, same),
          await messages.changedSince(user, after, { limit: MUCH, maxTextBytes: 40 }, same),
        ]),
      ),
    ),
  };
};

/** Answers the mails that are due; they are due again afterwards. */
const dueMails = async ({ outbox }: Views) => {
  const due = sortedBy(({ eventId }) => eventId, await outbox.claimDue(MUCH));
  for (const { eventId } of due) await outbox.markFailed(eventId, 0, 'not sent');
  return due.map(({ attempts: _, ...mail }) => mail);
};

/** Answers everything that any user is shown of users, and the mails that are due. */
const shownOfUsers = async (views: Views) => {
  const { directory, sessions } = views;
  const page = { cursor: undefined, limit: MUCH };
  return {
    own: await Promise.all(users.map((user) => directory.findOwnProfile(user))),
    settings: await Promise.all(users.map((user) => directory.findSettings(user))),
    profiles: sortedBy(({ userId }) => userId, [...(await directory.profiles(users)).values()]),
    silent: [...(await directory.withoutReceipts(users))].sort(),
    found: await Promise.all(['user', 'user2', 'name', 'name 3'].map((key) => directory.search(key, page))),
    contacts: await Promise.all(users.map((user) => directory.related(user, 'contacts', page))),
    blocks: await Promise.all(users.map((user) => directory.related(user, 'blocks', page))),
    open: await Promise.all(users.map((user) => sessions.open(user, at(MUCH)))),
    sessions: await Promise.all(users.map((user) => sessions.all(user))),
    mails: await dueMails(views),
  };
};

/** Tests random histories beside read models in memory to which the events are given one by one. */
export const describeRandomHistories = (open: OpenReadModels): void => {
  const compare = async (
    facts: readonly Fact[],
    cut: readonly number[],
    shown: (views: Views, places: readonly Position[]) => Promise<object>,
  ): Promise<void> => {
    const events = recorded(facts);
    const places = [0, 1 / 3, 2 / 3].map((share) => positionOf(Math.floor(events.length * share)));
    const model = await openMemoryReadModels();
    await model.feed(events, [1]);
    const expected = await shown(model, places);
    const models = await open();
    try {
      for (const times of ['once', 'twice']) {
        await models.feed(events, cut);
        expect(await shown(models, places), `fed ${times}`).to.deep.equal(expected);
      }
    } finally {
      await models.close();
    }
  };

  it('shows the same of conversations, however their events are batched, and when everything comes twice', async function () {
    this.timeout(LONG_MS);
    const property = fc.asyncProperty(attempts, sizes, (tried, cut) =>
      compare(historyOf(tried), cut, shownOfConversations),
    );
    await fc.assert(property, { numRuns: RUNS });
  });

  it('has the same checksums where the same events have other positions, and others where one is missing', async function () {
    this.timeout(LONG_MS);
    const checksumsOf = async (events: readonly RecordedEvent[], cut: readonly number[]) => {
      const models = await open();
      try {
        if (events.length > 0) await models.feed(events, cut);
        return await models.checksums();
      } finally {
        await models.close();
      }
    };
    const property = fc.asyncProperty(attempts, userHistories, sizes, async (tried, facts, cut) => {
      const events = recorded([...facts, ...historyOf(tried)]);
      const moved = events.map((event) => ({ ...event, position: positionOf(BigInt(event.position) * 95n + 7n) }));
      const expected = await checksumsOf(events, [events.length]);
      expect(await checksumsOf(moved, cut)).to.deep.equal(expected);
      const isLastOf = ({ type }: RecordedEvent) => type === 'MessageSent';
      const last = events.findLastIndex(isLastOf);
      if (last < 0) return;
      expect(await checksumsOf(events.toSpliced(last, 1), cut)).not.to.deep.equal(expected);
    });
    await fc.assert(property, { numRuns: RUNS });
  });

  it('shows the same of users, however their events are batched, and when everything comes twice', async function () {
    this.timeout(LONG_MS);
    await fc.assert(
      fc.asyncProperty(userHistories, sizes, (facts, cut) => compare(facts, cut, shownOfUsers)),
      { numRuns: RUNS },
    );
  });
};
