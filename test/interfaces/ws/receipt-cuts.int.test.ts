import { expect } from 'chai';
import fc from 'fast-check';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { deliver } from '../../../src/interfaces/ws/delivery.js';
import { Hub } from '../../../src/interfaces/ws/hub.js';
import { missedFrames } from '../../../src/interfaces/ws/resume.js';
import { captureConnection } from '../../support/captured-connection.js';
import { fact } from '../../support/events.js';
import { group, otherGroup, started } from '../../support/group-facts.js';
import { ada, at, messageNumber, positionOf, userNumber } from '../../support/ids.js';
import { ClientModel } from '../../support/client-model.js';
import { batchesOf, openLiveReadModels, type LiveReadModels } from '../../support/live-read-models.js';
import { testLinks } from '../../support/media-links.js';
import { testDatabase } from '../../support/postgres.js';
import { recorded } from '../../support/projections.js';
import { same } from '../../support/same.js';

const RUNS = 4;
/** An event happens each second. Receipts wait for so many of them here, so that every history has many that wait. */
const COLLECTED_FOR = 12;

const conversations = [group, otherGroup];
const users = [1, 2, 3, 4].map(userNumber);
const begun = conversations.map((each) => started(users, each));

const step = fc.record({
  what: fc.constantFrom(...(['send', 'send', 'read', 'deliver'] as const)),
  by: fc.nat({ max: 3 }),
  where: fc.nat({ max: 1 }),
  back: fc.nat({ max: 2 }),
  hidden: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});
const histories = fc.array(step, { minLength: 30, maxLength: 60 }).map((steps) => {
  const facts: Parameters<typeof recorded>[0][number][] = [...begun];
  const sent = conversations.map((): number[] => []);
  const readUpTo = new Map<string, number>();
  for (const { what, by, where, back, hidden } of steps) {
    const [conversationId, userId, second] = [conversations[where]!, users[by]!, facts.length];
    const known = sent[where]!;
    const seq = known.length - back;
    if (what === 'deliver' && seq > 0) {
      const messageId = messageNumber(known[seq - 1]!);
      const reached = { conversationId, userId, messageId, deliveredAt: at(second) };
      facts.push(fact('MessagesDelivered', reached));
      continue;
    }
    if (what !== 'read' || seq <= (readUpTo.get(`${where} ${by}`) ?? 0)) {
      known.push(second);
      const message = { conversationId, messageId: messageNumber(second), senderId: userId, sentAt: at(second) };
      facts.push(fact('MessageSent', message));
      continue;
    }
    readUpTo.set(`${where} ${by}`, seq);
    const messageId = messageNumber(known[seq - 1]!);
    const read = {
      conversationId,
      userId,
      messageId,
      readAt: at(second),
      messagePosition: positionOf(known[seq - 1]!),
    };
    facts.push(fact('MessageRead', hidden ? { ...read, hidden } : read));
  }
  return facts;
});

type Told = { readonly type: string; readonly position?: Position };

describe('Receipts that wait to be collected', () => {
  let waiting: number;

  /** Answers what one server sends live up to a cut, so many seconds late, and adds up what waited then. */
  const toldLive = async (
    views: LiveReadModels,
    events: ReturnType<typeof recorded>,
    sizes: readonly number[],
    late = 0,
  ) => {
    const due: { readonly second: number; readonly run: () => void }[] = [];
    let second = begun.length;
    const later = (run: () => void) => due.push({ second: second + COLLECTED_FOR, run });
    const hub = new Hub(later, () => Date.parse(at(second + late)));
    const { connection, frames } = captureConnection(ada);
    hub.attach(connection, ada);
    for (const conversationId of conversations) hub.audience.add(conversationId, ada);
    const run = deliver({ ...views, hub, links: testLinks });
    for (const batch of batchesOf(events, sizes)) {
      second = Number(batch.position);
      await run(batch);
      while (due[0] && due[0].second <= second) due.shift()?.run();
    }
    waiting += due.length;
    return frames();
  };

  // The other server, on which the client resumes, knows nothing of what the first one collected.
  it('are not lost where a client is cut off, live and again in the midst of its resume', async function () {
    this.timeout(300_000);
    waiting = 0;
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 });
    const cuts = fc.array(fc.record({ at: fc.nat(), after: fc.nat({ max: 3 }), again: fc.nat() }), {
      minLength: 4,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(histories, sizes, cuts, async (facts, batchSizes, tried) => {
        const database = await testDatabase();
        const views = await openLiveReadModels(database);
        const events = recorded(facts);
        await views.project(events.slice(0, begun.length));
        const known = await views.snapshot(ada);
        const steps = facts.length - begun.length;
        const places = tried.map(({ at: place, ...more }) => ({ ...more, cut: begun.length + (place % steps) + 1 }));
        let upTo = begun.length;
        for (const { cut, after: more, again } of places.sort((one, other) => one.cut - other.cut)) {
          upTo = Math.max(upTo, Math.min(facts.length, cut + more)); // The read models go back for no earlier end.
          await views.project(events.slice(0, upTo));
          const model = new ClientModel(ada, known);
          for (const each of conversations) model.knowReceipts(each, []);
          let after = positionOf(begun.length);
          const take = (frames: readonly Told[]) => {
            for (const frame of frames) {
              model.apply(frame);
              after = frame.position ?? after;
            }
          };
          const resume = async (end = upTo): Promise<Told[]> => {
            const missing = missedFrames({ ...views, maxFrames: 500, maxTextBytes: 100_000 });
            return (await missing(ada, after, positionOf(end), { isOver: () => false, keep: same })).map(
              ({ content }) => content as Told,
            );
          };
          take(await toldLive(views, events.slice(begun.length, cut), batchSizes));
          const cutAgain = await resume();
          take(cutAgain.slice(0, again % (cutAgain.length + 1)));
          take(await resume());
          await views.expectReceipts(model);
        }
        await database.drop();
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(waiting, 'collections that were cut').to.be.at.least(RUNS);
  });

  // A server that catches up tells within a second what was read over minutes. The half minute of a resume begins before the
  // last of it, so that what waited of the rest was lost.
  it('are not lost where the server was behind for long, and the client is cut off as it catches up', async () => {
    const [, bob, cleo, dora] = users as [typeof ada, typeof ada, typeof ada, typeof ada];
    const message = (n: number, second: number) =>
      fact('MessageSent', { conversationId: group, messageId: messageNumber(n), senderId: ada, sentAt: at(second) });
    const read = (userId: typeof ada, second: number) =>
      fact('MessageRead', {
        ...{ conversationId: group, userId, messageId: messageNumber(1), readAt: at(second) },
        messagePosition: positionOf(begun.length + 1),
      });
    const facts = [message(1, 3), read(dora, 4), read(bob, 5), read(cleo, 50), message(2, 51)];
    const events = recorded([...begun, ...facts]);
    const database = await testDatabase();
    const views = await openLiveReadModels(database);
    await views.project(events.slice(0, begun.length));
    const model = new ClientModel(ada, await views.snapshot(ada));
    for (const each of conversations) model.knowReceipts(each, []);
    await views.project(events);
    const frames = (await toldLive(
      views,
      events.slice(begun.length),
      [facts.length],
      60,
    )) as unknown as readonly Told[];
    for (const frame of frames) model.apply(frame);
    const after = frames.findLast(({ position }) => position !== undefined)?.position ?? positionOf(0);
    expect(after).to.equal(positionOf(events.length));
    const missing = missedFrames({ ...views, maxFrames: 500, maxTextBytes: 100_000 });
    for (const { content } of await missing(ada, after, after, { isOver: () => false, keep: same }))
      model.apply(content as Told);
    await views.expectReceipts(model);
    await database.drop();
  });
});
