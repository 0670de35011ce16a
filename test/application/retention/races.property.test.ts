import { expect } from 'chai';
import fc from 'fast-check';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { createRetentionScene, retentionOn } from './retention-scene.js';

const DOING = ['hold ada', 'hold bob', 'lift ada', 'lift bob', 'erase ada', 'expire'] as const;

/** Several at once, each on one of two servers, in rounds. */
const rounds = fc.array(
  fc.array(fc.record({ doing: fc.constantFrom(...DOING), server: fc.constantFrom(0, 1) }), {
    minLength: 1,
    maxLength: 5,
  }),
  { minLength: 1, maxLength: 4 },
);

type Judged = RecordedEvent<'HoldPlaced' | 'HoldLifted' | 'UserErased' | 'MessageDeleted'>;

/** Answers those who are held and whom an event would have spared. */
const wronged = (event: Judged, held: ReadonlySet<UserId>, members: readonly UserId[]): UserId[] => {
  if (event.type === 'UserErased') return [...held].filter((userId) => userId === event.data.userId);
  return event.type === 'MessageDeleted' ? members.filter((userId) => held.has(userId)) : [];
};

/** Reads the log as its judge: nothing goes at a place where a hold stands that keeps it. */
const judged = (events: readonly Judged[], members: readonly UserId[]) => {
  const held = new Set<UserId>();
  const wrongs: string[] = [];
  for (const event of events) {
    wrongs.push(...wronged(event, held, members).map((userId) => `${event.type} though ${userId} is held`));
    if (event.type === 'HoldPlaced') held.add(event.data.userId as UserId);
    if (event.type === 'HoldLifted') held.delete(event.data.userId as UserId);
  }
  const count = (type: Judged['type']) => events.filter((event) => event.type === type).length;
  return { wrongs, erased: count('UserErased'), expired: count('MessageDeleted') };
};

describe('Holds, erasures and retention at the same moment on two servers', () => {
  it('end as if one had come after the other: nothing goes under a hold', async function () {
    this.timeout(240_000);
    const totals = { erased: 0, expired: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(rounds, async (tried) => {
        const { world, eva, ada, bob, servers, talk, sent, keep } = await createRetentionScene();
        const group = await talk(ada, bob);
        const messages = [await sent(ada, group, 40), await sent(bob, group, 40), await sent(ada, group, 10)];
        await keep(30);
        const retentions = [retentionOn(world), retentionOn(world)] as const;
        const users = { ada, bob };
        const work = (doing: (typeof DOING)[number], server: number): Promise<unknown> => {
          if (doing === 'expire') return retentions[server]!.expire(30);
          const [what, who] = doing.split(' ') as ['hold' | 'lift' | 'erase', 'ada' | 'bob'];
          const on = servers[server]!;
          return what === 'erase' ? on.erase(users[who]) : on[what](users[who], eva);
        };
        for (const round of tried) {
          const outcomes = await Promise.allSettled(round.map(({ doing, server }) => work(doing, server)));
          for (const outcome of outcomes) {
            if (outcome.status === 'fulfilled') continue;
            expect((outcome.reason as { code: string }).code).to.be.oneOf(['legal_hold', 'user_not_found']);
            totals.refused += 1;
          }
        }
        const events: Judged[] = [];
        const types = ['HoldPlaced', 'HoldLifted', 'UserErased', 'MessageDeleted'] as const;
        for await (const event of world.store.readAll({ filter: { types } })) events.push(event as Judged);
        const { wrongs, erased, expired } = judged(events, [ada, bob]);
        expect(wrongs).to.deep.equal([]);
        expect(expired).to.be.at.most(messages.length - 1);
        totals.erased += erased;
        totals.expired += expired;
      }),
      { numRuns: 60 },
    );
    for (const [what, count] of Object.entries(totals)) expect(count, what).to.be.greaterThan(5);
  });
});
