import { expect } from 'chai';
import fc from 'fast-check';
import type { Position, UserId } from '../../../src/domain/kernel/ids.js';
import { missedFrames } from '../../../src/interfaces/ws/resume.js';
import { carryOut, takeIn, type ResyncFrame } from '../../support/asked-server.js';
import { contentsOf, eachLiveReadModels, type Facts, type ResumedFrame } from '../../support/each-live-read-models.js';
import { expectDocumented } from '../../support/documented-frame.js';
import { added, group, otherGroup, read, removed, renamed, sent, started } from '../../support/group-facts.js';
import { openLiveReadModels } from '../../support/live-read-models.js';
import { ada, bob, cleo, conversationNumber, eve, messageNumber, userNumber } from '../../support/ids.js';
import { comparedReaders, expectState } from '../../support/expect-state.js';
import { testDatabase } from '../../support/postgres.js';
import { recorded } from '../../support/projections.js';
import { same } from '../../support/same.js';
import { brokenHistories, erasedHistories, framesOfEachKind } from '../../support/broken-histories.js';

const RUNS = 6;
/** What others have read, and what has come to them, is told in a frame of its own. */
const resumedFrames = framesOfEachKind
  .filter((type) => type !== 'resync')
  .map((type) => (type === 'message.delivered' ? 'message.receipts' : type))
  .sort();

describe('a resume', () => {
  const { models, project } = eachLiveReadModels();

  /** Answers what a user missed behind one position, up to another, or by default to the end. */
  const missed = async (
    viewer: UserId,
    after: number,
    { upTo = 1_000, maxFrames = 500, maxTextBytes = 10_000, views = models() } = {},
  ): Promise<ResumedFrame[]> => {
    const frames = await missedFrames({ ...views, maxFrames, maxTextBytes })(
      viewer,
      String(after) as Position,
      String(upTo) as Position,
      { isOver: () => false, keep: same },
    );
    for (const { position, content } of frames) expect((content as { position?: string }).position).to.equal(position);
    return contentsOf(frames);
  };

  const placesOf = (frames: readonly ResumedFrame[]) => frames.map(({ type, position }) => [type, position]);
  /** Answers the ordinals up to which a frame says that others have read. */
  const readIn = (frame: ResumedFrame | undefined) =>
    (frame?.['receipts'] as { userId: UserId; readSeq: number }[]).map(({ userId, readSeq }) => [userId, readSeq]);

  /** Projects facts. Each client has a snapshot of what there was where it broke off. */
  const brokenOff = async (facts: Facts, after: number) => {
    const own = await testDatabase();
    const views = await openLiveReadModels(own);
    const events = recorded(facts);
    await views.project(events.slice(0, after));
    const users = [1, 2, 3, 4].map(userNumber);
    const clients = await Promise.all(users.map(async (userId) => ({ userId, model: await views.client(userId) })));
    await views.project(events);
    return { own, views, clients };
  };

  // A resume that told no reads, and one that told everything in the order in which it was read, passed all tests.
  it('brings a snapshot to what a fresh one shows, wherever a history breaks off, in order and with all reading', async function () {
    this.timeout(300_000);
    await fc.assert(
      fc.asyncProperty(brokenHistories, async ({ facts, knownUpTo: after }) => {
        const { own, views, clients } = await brokenOff(facts, after);
        const told = new Set<string>();
        for (const { userId, model } of clients) {
          const frames = await missed(userId, after, { views });
          const positions = frames.map(({ position }) => Number(position ?? 0));
          expect(positions).to.deep.equal([...positions].sort((a, b) => a - b));
          for (const frame of frames) model.apply(frame);
          await expectState(model, views.asked(userId));
          await views.expectReceipts(model);
          for (const frame of frames) expectDocumented(frame);
          for (const { type } of frames) told.add(type);
        }
        expect([...told].sort()).to.deep.equal(resumedFrames);
        await own.drop();
      }),
      { numRuns: RUNS, endOnFailure: true, includeErrorInReport: true },
    );
  });

  // An erasure was told to nobody who had been away.
  it('brings a snapshot to what a fresh one shows, also where users were erased, frame by frame or by a resync', async function () {
    this.timeout(300_000);
    await fc.assert(
      fc.asyncProperty(erasedHistories, async ({ facts, knownUpTo: after }) => {
        const { own, views, clients } = await brokenOff(facts, after);
        for (const { userId, model } of clients) {
          const frames = await missed(userId, after, { views });
          const positions = frames.flatMap(({ position }) => (position === undefined ? [] : [position]));
          expect(new Set(positions).size).to.equal(positions.length);
          await takeIn(model, views.asked(userId), frames);
          await expectState(model, views.asked(userId));
          for (const frame of frames) expectDocumented(frame);
        }
        await own.drop();
      }),
      { numRuns: RUNS, endOnFailure: true, includeErrorInReport: true },
    );
  });

  // The cursors of a resync lay before the first message that was changed: a client that kept a long history had to page
  // all of it. Conversations that were left, and pins, were not told.
  it('brings a client to the same by a resync, wherever a history breaks off', async function () {
    this.timeout(300_000);
    let left = 0;
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(erasedHistories, async ({ facts, knownUpTo: after }) => {
        const { own, views, clients } = await brokenOff(facts, after);
        for (const { userId, model } of clients) {
          const [frame, ...more] = await missed(userId, after, { views, maxFrames: -1 });
          expect([frame?.type, more]).to.deep.equal(['resync', []]);
          expectDocumented(frame as ResumedFrame);
          const resync = frame as unknown as ResyncFrame;
          const inNow = new Set((await views.snapshot(userId)).map(({ conversationId }) => conversationId));
          const known = model.conversations.map(({ conversationId }) => conversationId);
          expect(resync.left).to.include.members(known.filter((conversationId) => !inNow.has(conversationId)));
          await carryOut(model, views.asked(userId), resync);
          await expectState(model, views.asked(userId));
          expect((await comparedReaders(model, views.asked(userId))).faults).to.deep.equal([]);
          left += resync.left.length;
          changed += resync.conversations.filter((each) => each.changed).length;
        }
        await own.drop();
      }),
      { numRuns: RUNS, endOnFailure: true, includeErrorInReport: true },
    );
    expect(left).to.be.at.least(RUNS);
    expect(changed).to.be.at.least(RUNS);
  });

  it('sends the receipts of others, then messages, reading and changes in the order of the log', async () => {
    await project(
      started([ada, bob]),
      sent(1),
      read(1, bob),
      renamed('Looms'),
      sent(2),
      started([ada], otherGroup),
      read(2, bob),
    );
    const frames = await missed(ada, 1);
    expect(placesOf(frames)).to.deep.equal([
      ['message.receipts', undefined],
      ['message.sent', '2'],
      ['conversation.renamed', '4'],
      ['message.sent', '5'],
      ['conversation.started', '6'],
    ]);
    expect(readIn(frames[0])).to.deep.equal([[bob, 2]]); // the newest reading of each member is enough
    expect(placesOf(await missed(bob, 1)).at(-1)).to.deep.equal(['message.read', '7']);
  });

  it('sends nothing of what the client has handled, and nothing that comes live', async () => {
    await project(
      started([ada, bob]),
      sent(1),
      read(1, bob),
      renamed('Looms'),
      sent(2),
      read(2, bob),
      renamed('Mills'),
    );
    expect(placesOf(await missed(bob, 4, { upTo: 5 }))).to.deep.equal([['message.sent', '5']]);
    expect(placesOf(await missed(bob, 4, { upTo: 6 }))).to.deep.equal([
      ['message.sent', '5'],
      ['message.read', '6'],
    ]);
    expect(await missed(bob, 7)).to.deep.equal([]);
  });

  // Each change was a query and a frame with the whole list of members.
  it('sends a conversation once, whole, where it first changed, however often it did', async () => {
    const renames = Array.from({ length: 30 }, (_, n) => renamed(`Title ${n}`));
    await project(started([ada, bob]), sent(1), ...renames, added(cleo), sent(2));
    const asked: number[] = [];
    const conversations = {
      ...models().conversations,
      findSome: (...args: Parameters<ReturnType<typeof models>['conversations']['findSome']>) => {
        asked.push(args[1].length);
        return models().conversations.findSome(...args);
      },
    };
    const frames = await missed(bob, 2, { views: { ...models(), conversations } });
    expect(placesOf(frames)).to.deep.equal([
      ['conversation.renamed', '3'],
      ['message.sent', '34'],
    ]);
    const [fresh] = await models().snapshot(bob);
    expect(frames[0]?.['conversation']).to.deep.equal(fresh);
    expect(asked).to.deep.equal([1]);
  });

  it('begins with the joining of one who joined meanwhile, or came back', async () => {
    await project(
      started([ada, bob]),
      renamed('Looms'),
      removed(bob),
      renamed('Mills'),
      added(bob),
      sent(1),
      added(eve),
    );
    expect(placesOf(await missed(bob, 1))).to.deep.equal([
      ['conversation.member_added', '5'],
      ['message.sent', '6'],
    ]);
    expect(placesOf(await missed(eve, 1))).to.deep.equal([
      ['message.sent', '6'],
      ['conversation.member_added', '7'],
    ]);
  });

  it('sends a user who was removed that alone', async () => {
    await project(
      started([ada, bob]),
      sent(1),
      read(1, ada),
      renamed('Looms'),
      removed(bob),
      sent(2),
      renamed('Mills'),
    );
    expect(await missed(bob, 1)).to.deep.equal([
      { type: 'conversation.member_removed', position: '5', conversation: { conversationId: group } },
    ]);
    expect(await missed(bob, 5)).to.deep.equal([]);
  });

  describe('of too much', () => {
    it('names each conversation that went on, with a cursor that its missed messages are behind', async () => {
      await project(
        started([ada, bob]),
        started([ada, bob], otherGroup),
        started([ada], conversationNumber(3)),
        sent(1),
        sent(2, otherGroup),
        sent(3),
        read(1, bob),
        renamed('Looms'),
        sent(4),
      );
      const [resync, ...more] = await missed(bob, 5, { maxFrames: 3 });
      expect(more).to.deep.equal([]);
      expect(resync).to.include({ type: 'resync', position: '1000' });
      const [named, ...others] = resync?.['conversations'] as { conversationId: string; cursor: string }[];
      expect(others).to.deep.equal([]);
      expect(named?.conversationId).to.equal(group);
      const { messages } = await models().messages.history(group, { kind: 'after', cursor: named?.cursor ?? '' }, 10);
      expect(messages.map(({ messageId }) => messageId)).to.deep.equal([messageNumber(3), messageNumber(4)]);
    });

    // 5,000 frames of 32 KB each were in memory at once, for every socket that resumed.
    it('reads no more text than shows that there is too much', async () => {
      const bytes = 'message 1'.length;
      await project(started([ada, bob]), sent(1), sent(2), sent(3), sent(4));
      const read = async (maxTextBytes: number) =>
        (await models().messages.sentSince(ada, '1' as Position, { limit: 10, maxTextBytes }, same)).map(
          ({ sentPosition }) => sentPosition,
        );
      expect(await read(2 * bytes - 1)).to.deep.equal(['2', '3']);
      expect(await read(2 * bytes)).to.deep.equal(['2', '3', '4']);
      expect(placesOf(await missed(ada, 1, { maxTextBytes: 2 * bytes }))).to.deep.equal([['resync', '1000']]);
    });
  });
});
