import { expect } from 'chai';
import fc from 'fast-check';
import { AuditedMoment } from '../../support/audited-moment.js';
import { draws } from '../../support/draws.js';
import { conversationNumber, messageNumber, positionOf, userNumber } from '../../support/ids.js';
import { openMemoryReadModels } from '../../support/memory-read-models.js';
import { openPastScene } from '../../support/past-scene.js';
import { interwoven } from '../../support/placed-facts.js';
import type { Fact } from '../../support/projections.js';
import { erasedIn, QueriedMoment } from '../../support/queried-moment.js';
import { busyAttempts } from '../../support/random-attempts.js';
import { historyOf } from '../../support/random-history.js';
import { userHistories } from '../../support/random-users.js';

const RUNS = draws(4);
const LONG_MS = 300_000;

const wanted = {
  users: [1, 2, 3, 4].map(userNumber),
  conversations: [1, 2, 3, 4].map(conversationNumber),
  messages: Array.from({ length: 15 }, (_, n) => messageNumber(n + 1)),
};

const turns = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 });
const histories = fc
  .tuple(userHistories, busyAttempts, turns)
  .map(([people, tried, cut]) => interwoven(people, historyOf(tried), cut));
/** How much of the log the index has. */
const shares = fc.double({ min: 0, max: 1, noNaN: true });

/** Which streams the index has left out: one in so many, none for 0. */
const gaps = fc.constantFrom(2, 3, 0);

/** Compares what auditors are shown of every position with what the queries answered when that was the end of the log. */
const compare = async (facts: readonly Fact[], share: number, gap: number): Promise<void> => {
  const scene = await openPastScene(facts);
  const erased = erasedIn(facts);
  scene.forget(erased);
  const streams = [...new Set(scene.events.map(({ streamId }) => streamId))];
  const leftOut = new Set(streams.filter((_, n) => gap > 0 && n % gap === 0));
  const past = await scene.indexedUpTo(Math.round(scene.events.length * share), leftOut);
  const models = await openMemoryReadModels();
  for (const [n, event] of scene.events.entries()) {
    await models.feed([event], [1]);
    const queried = await new QueriedMoment(models, facts.slice(0, n + 1), erased).shown(wanted);
    const audited = await new AuditedMoment(past, positionOf(n + 1), erased).shown(wanted);
    expect(audited, `position ${n + 1}`).to.deep.equal(queried);
  }
};

describe('What auditors see of any moment of random histories', () => {
  it('is what the queries answered then, as far as it was not erased since', async function () {
    this.timeout(LONG_MS);
    await fc.assert(fc.asyncProperty(histories, shares, gaps, compare), { numRuns: RUNS, endOnFailure: true });
  });

  it('is so of histories in which much happens', () => {
    const types = fc
      .sample(histories, { numRuns: 100, seed: 1 })
      .map((facts) => new Set(facts.map(({ type }) => type)));
    for (const type of [
      ...['MessageSent', 'MessageEdited', 'MessageDeleted', 'ReactionAdded', 'ReactionRemoved', 'MessagePinned'],
      ...['MessageUnpinned', 'MessageRead', 'MemberAdded', 'MemberRemoved', 'MemberRoleChanged', 'ConversationRenamed'],
      ...['PreferencesChanged', 'UserErased', 'UserBlocked', 'SettingsChanged', 'ProfileChanged', 'RoleRevoked'],
    ])
      expect(types.filter((each) => each.has(type)).length, type).to.be.above(9);
  });
});
