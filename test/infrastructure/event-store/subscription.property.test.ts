import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { CommitFeed } from '../../../src/infrastructure/event-store/postgres/commit-feed.js';
import { STORE_LIMITS } from '../../../src/infrastructure/event-store/postgres/store-limits.js';
import { subscribe, type SubscriptionParts } from '../../../src/infrastructure/event-store/postgres/subscription.js';
import { recordedAt } from '../../support/recorded-event.js';

/**
 * What happens to the log: a group of this process, a group that was not published to the subscription, or a group of
 * another process.
 */
interface Step {
  readonly what: 'own' | 'own, judged one by one' | 'of others' | 'of others, untold' | 'told again';
  readonly events: number;
  /** The turns of the event loop before the next step. */
  readonly turns: number;
}

const steps = fc.array(
  fc.record({
    what: fc.constantFrom<Step['what']>(
      'own',
      'own',
      'own',
      'own, judged one by one',
      'of others',
      'of others, untold',
      'told again',
    ),
    events: fc.integer({ min: 1, max: 4 }),
    turns: fc.nat(2),
  }),
  { minLength: 5, maxLength: 60 },
);
/** The turns that a subscriber takes for each of its batches, and the table for each answer; they are repeated. */
const paces = fc.array(fc.nat(6), { minLength: 1, maxLength: 5 });
const FILTERS = [undefined, { types: ['SessionRefreshed'] }] as const;

const wait = async (turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) await nextTurn();
};

/** Makes a table of events that answers with the given delays. */
const createTable = (delays: readonly number[], pageSize: number) => {
  const events: RecordedEvent[] = [];
  let answers = 0;
  const delay = () => wait(delays[answers++ % delays.length] ?? 0);
  const head = () => String(events.length) as Position;
  const reader: SubscriptionParts['reader'] = {
    head: async () => {
      await delay();
      return head();
    },
    page: async (after, upTo, filter) => {
      await delay();
      const to = Math.min(Number(upTo), Number(after) + pageSize);
      const found = events.slice(Number(after), to).filter(({ type }) => !filter?.types || filter.types.includes(type));
      return { entries: found, position: String(to) as Position, atHead: to >= Number(upTo) };
    },
  };
  const append = (count: number): RecordedEvent[] => {
    const added = Array.from({ length: count }, (_, n) => recordedAt(events.length + n + 1));
    events.push(...added);
    return added;
  };
  return { events, reader, append, head };
};

const play = async (script: readonly Step[], feed: CommitFeed, append: (count: number) => RecordedEvent[]) => {
  for (const { what, events, turns } of script) {
    if (what === 'told again') feed.publish([]);
    else {
      const added = append(events);
      if (what === 'own') feed.publish(added);
      else if (what !== 'of others, untold') feed.publish([]);
    }
    await wait(turns);
  }
};

/**
 * Groups that waited for a slow subscriber were joined into one of which only the first event was checked: events of
 * other processes between two groups, and groups that had been dropped, were skipped for good.
 */
describe('what a subscription yields', () => {
  it('is exactly the log, whatever the feed gave, dropped, announced late or not at all', async function () {
    this.timeout(120_000);
    const situations = fc.record({
      script: steps,
      pace: paces,
      delays: paces,
      start: fc.constantFrom(0, 3, 20),
      room: fc.integer({ min: 1, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(situations, async ({ script, pace, delays, start, room }) => {
        const { events, reader, append, head } = createTable(delays, room);
        const feed = new CommitFeed(room);
        const limits = { ...STORE_LIMITS, pollMs: 1 };
        const fail = () => expect.fail('nothing fails here');
        const log = { warn: fail, error: fail };
        const observer = { committed: fail, undecodable: fail };
        append(start);
        const after = String(Math.floor(start / 2)) as Position;
        const ending = new AbortController();
        let finished = false;
        const follow = async (filter: (typeof FILTERS)[number]) => {
          const seen: RecordedEvent[] = [];
          let position = after;
          let batches = 0;
          for await (const batch of subscribe(
            { reader, feed, limits, log, observer },
            { after, signal: ending.signal, ...(filter && { filter }) },
          )) {
            expect(batch.after).to.equal(position);
            position = batch.position;
            seen.push(...batch.events);
            if (finished && position === head()) break;
            await wait(pace[batches++ % pace.length] ?? 0);
          }
          expect(seen).to.deep.equal(
            events.slice(Number(after)).filter(({ type }) => !filter || type === 'SessionRefreshed'),
          );
        };
        const following = FILTERS.map(follow);
        await play(script, feed, append);
        finished = true;
        await Promise.all(following);
      }),
      { numRuns: 300 },
    );
  });
});
