import { expect } from 'chai';
import fc from 'fast-check';
import type { ConversationViews } from '../../../src/application/ports/conversation-views.js';
import type { EventBatch } from '../../../src/application/ports/event-store.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { deliver } from '../../../src/interfaces/ws/delivery.js';
import { Hub } from '../../../src/interfaces/ws/hub.js';
import { takeIn } from '../../support/asked-server.js';
import { captureConnection, type CapturedConnection } from '../../support/captured-connection.js';
import { expectDocumented } from '../../support/documented-frame.js';
import { draws } from '../../support/draws.js';
import { fact } from '../../support/events.js';
import {
  added,
  group,
  otherGroup,
  promoted,
  read,
  removed,
  renamed,
  sent,
  started,
} from '../../support/group-facts.js';
import { batchesOf, failingOnce, openLiveReadModels, type LiveReadModels } from '../../support/live-read-models.js';
import { ada, at, bob, cleo, eve, messageNumber, userNumber } from '../../support/ids.js';
import { expectState } from '../../support/expect-state.js';
import { testLinks, withoutLinks } from '../../support/media-links.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { recorded } from '../../support/projections.js';
import { erasedHistories, framesOfEachKind, STAYING } from '../../support/broken-histories.js';

const RUNS = draws(6);

describe('delivery', () => {
  let database: TestDatabase;
  let models: LiveReadModels;
  let hub: Hub;

  beforeEach(async () => {
    database = await testDatabase();
    models = await openLiveReadModels(database);
    hub = new Hub();
  });
  afterEach(() => database.drop());

  const connect = (userId: UserId): CapturedConnection => {
    const captured = captureConnection(userId);
    hub.attach(captured.connection, userId);
    return captured;
  };

  const delivering = (conversations: ConversationViews = models.conversations) =>
    deliver({ ...models, hub, links: testLinks, conversations });

  /** Puts events into the read models, and makes a batch of all of them. */
  const batchOf = async (...facts: Parameters<typeof recorded>[0]): Promise<EventBatch> => {
    const events = recorded(facts);
    await models.project(events);
    return batchesOf(events, [events.length])[0] as EventBatch;
  };

  const typesTo = ({ frames }: CapturedConnection): string[] => frames().map(({ type }) => type);

  it('brings a snapshot to what a fresh one shows, however the events are batched and the read models ahead', async function () {
    this.timeout(300_000);
    const users = [1, 2, 3, 4].map(userNumber);
    const staying = STAYING.map(userNumber);
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(erasedHistories, sizes, async ({ facts, knownUpTo }, batchSizes) => {
        const own = await testDatabase();
        const views = await openLiveReadModels(own);
        const events = recorded(facts);
        await views.project(events.slice(0, knownUpTo));
        const ownHub = new Hub();
        const clients = await Promise.all(
          users.map(async (userId) => {
            const captured = captureConnection(userId);
            ownHub.attach(captured.connection, userId);
            return { userId, captured, model: await views.client(userId) };
          }),
        );
        for (const { userId, conversationId } of await views.conversations.membershipsOf(users))
          ownHub.audience.add(conversationId, userId);
        await views.project(events);
        // A server opens nothing of those who were erased before it started.
        for (const batch of batchesOf(events.slice(0, knownUpTo), batchSizes)) ownHub.erased.note(batch);
        const run = deliver({ ...views, hub: ownHub, links: testLinks });
        for (const batch of batchesOf(events.slice(knownUpTo), batchSizes)) {
          ownHub.erased.note(batch);
          await run(batch);
        }
        const told = new Set<string>();
        for (const { userId, captured, model } of clients) {
          const frames = captured.frames().map(withoutLinks);
          const positions = frames.map(({ position }) => Number(position));
          expect(positions).to.deep.equal([...positions].sort((a, b) => a - b));
          await takeIn(model, views.asked(userId), frames);
          for (const frame of frames) expectDocumented(frame);
          for (const { type } of frames) told.add(type);
        }
        // Who is erased has no session any more.
        for (const { userId, model } of clients.filter((each) => staying.includes(each.userId)))
          await expectState(model, views.asked(userId));
        expect([...told].sort()).to.deep.equal(framesOfEachKind);
        await own.drop();
      }),
      { numRuns: RUNS, endOnFailure: true, includeErrorInReport: true },
    );
  });

  // When 40 users joined a group of 950, each of 500 viewers got 40 frames with the whole list of members, each from a
  // query of its own: a direct message of other users came 88 seconds late.
  it('shows all members those who join in one frame, and those who join the conversation as they find it', async () => {
    const [member, joiner] = [connect(ada), connect(cleo)];
    await models.project(recorded([started([ada, bob]), sent(1), sent(2)]));
    hub.audience.add(group, ada);
    const queries: string[] = [];
    const counted = new Proxy(models.conversations, {
      get: (target, name: keyof ConversationViews) => {
        queries.push(name);
        return target[name];
      },
    });
    const events = recorded([started([ada, bob]), sent(1), sent(2), added(cleo), added(eve), sent(3)]);
    await models.project(events);
    await delivering(counted)({ ...(batchesOf(events.slice(3), [9])[0] as EventBatch) });
    const names = ({ userId }: { userId: UserId }) => ({
      username: `u${userId.slice(-4)}`,
      displayName: `U ${userId.slice(-4)}`,
    });
    const members = [cleo, eve].map((userId) => ({ userId, ...names({ userId }), role: 'member', joinedAt: at(20) }));
    const shared = { conversationId: group, kind: 'group', title: 'Engines', memberCount: 4, position: '6' };
    const [toMember] = member.frames();
    expect(toMember).to.deep.equal({ type: 'conversation.member_added', position: '4', members, conversation: shared });
    const [toJoiner, next] = joiner.frames() as [Record<string, Record<string, unknown>>, { type: string }];
    expect(toJoiner['conversation']).to.deep.include({
      ...shared,
      unreadCount: 0,
      lastReadMessageId: messageNumber(2),
    });
    expect(toJoiner['conversation']?.['lastMessage']).to.include({ seq: 2 });
    expect(toJoiner['conversation']?.['members']).to.have.length(4);
    expect(next.type).to.equal('message.sent');
    expect(queries).to.deep.equal(['findChanged']);
  });

  it('shows a change as it is: a title, a role, who left; and to one who left nothing but that', async () => {
    const [stays, leaves] = [connect(ada), connect(bob)];
    await delivering()(await batchOf(started([ada, bob]), renamed('Looms'), promoted(bob), removed(bob), sent(1)));
    const [, title, role, left, message] = stays.frames() as Record<string, unknown>[];
    expect(title).to.deep.include({ type: 'conversation.renamed', position: '2' });
    expect(title?.['conversation'])
      .to.deep.include({ title: 'Looms' })
      .and.not.to.have.any.keys('members', 'unreadCount');
    expect(role).to.deep.include({ type: 'conversation.role_changed', members: [{ userId: bob, role: 'admin' }] });
    expect(left).to.deep.include({ type: 'conversation.member_removed', userIds: [bob] });
    expect(
      (left?.['conversation'] as { members: { userId: UserId }[] }).members.map(({ userId }) => userId),
    ).to.deep.equal([ada]);
    expect(message?.['type']).to.equal('message.sent');
    expect(leaves.frames().at(-1)).to.deep.equal({
      type: 'conversation.member_removed',
      position: '4',
      conversation: { conversationId: group },
    });
    expect([...hub.audience.of(group)]).to.deep.equal([ada]);
  });

  it('shows the members of a list anew only when one of those has left', async () => {
    const users = Array.from({ length: 30 }, (_, n) => userNumber(n + 1));
    const viewer = connect(ada);
    await delivering()(
      await batchOf(started(users), removed(userNumber(25)), renamed('between'), removed(userNumber(20))),
    );
    const [, last, , listed] = viewer.frames() as unknown as { conversation: { members?: { userId: UserId }[] } }[];
    expect(last?.conversation).not.to.have.property('members');
    expect(listed?.conversation.members?.map(({ userId }) => userId)).to.deep.equal([
      ...users.slice(0, 19),
      userNumber(21),
    ]);
  });

  // The audience had forgotten a user who left before the query for the user's frame, so that a second try never sent
  // it.
  for (const [query, facts] of [
    ['findChanged', [removed(bob), sent(2), added(cleo), renamed('Looms')]],
    ['membershipsOf', [removed(bob), sent(2), added(cleo), renamed('Looms'), fact('ProfileChanged', { userId: ada })]],
  ] as const)
    it(`reaches everybody when ${query} fails and the batch is delivered again`, async () => {
      const before = [started([ada, bob, eve]), sent(1)];
      const everybody = [ada, bob, cleo, eve];
      const told = async (conversations: ConversationViews, attemptsNeeded: number) => {
        hub = new Hub();
        const connected = everybody.map(connect);
        for (const userId of [ada, bob, eve]) hub.audience.add(group, userId);
        const events = recorded([...before, ...facts]);
        await models.project(events);
        const run = delivering(conversations);
        const batch = batchesOf(events.slice(2), [9])[0] as EventBatch;
        let failures = 0;
        while (
          await run(batch).then(
            () => false,
            () => true,
          )
        ) {
          failures += 1;
          for (const { frames } of connected) expect(frames()).to.deep.equal([]);
        }
        expect(failures).to.equal(attemptsNeeded);
        return connected.map(({ frames }) => frames());
      };
      const expected = await told(models.conversations, 0);
      expect(await told(failingOnce(models.conversations, query), 1)).to.deep.equal(expected);
      expect(expected[1]?.map(({ type }) => type)).to.include('conversation.member_removed');
    });

  it('reaches a user who left although the read model had already taken them out when they connected', async () => {
    const leaver = connect(bob);
    await delivering()(
      await batchOf(started([ada, bob]), removed(bob)).then((batch) => ({ ...batch, events: batch.events.slice(1) })),
    );
    expect(typesTo(leaver)).to.deep.equal(['conversation.member_removed']);
  });

  it('shows reading to those who show their own, and hidden reading to the reader alone', async () => {
    const [reader, sees, hides] = [connect(ada), connect(bob), connect(cleo)];
    const batch = await batchOf(
      started([ada, bob, cleo]),
      sent(1),
      fact('SettingsChanged', { userId: cleo, readReceipts: false }),
      read(1, ada),
      read(1, ada, true),
      read(1, cleo, true),
    );
    await delivering()(batch);
    const readBy = ({ frames }: CapturedConnection) =>
      frames()
        .filter(({ type }) => type === 'message.read')
        .map(({ position, userId, seq }) => [position, userId, seq]);
    expect(readBy(reader)).to.deep.equal([
      ['4', ada, 1],
      ['5', ada, 1],
    ]);
    expect(readBy(sees)).to.deep.equal([['4', ada, 1]]);
    expect(readBy(hides)).to.deep.equal([['6', cleo, 1]]);
  });

  it('shows a user in one frame to everybody who shares a conversation, to themselves, and to nobody else', async () => {
    const connected = [ada, bob, cleo, eve].map(connect);
    await delivering()(
      await batchOf(
        started([ada, bob]),
        started([ada, bob, cleo], otherGroup),
        fact('ProfileChanged', { userId: ada }),
      ),
    );
    const updates = connected.map(({ frames }) => frames().filter(({ type }) => type === 'user.updated'));
    expect(updates.map(({ length }) => length)).to.deep.equal([1, 1, 1, 0]);
    expect(updates[1]?.[0]?.['user']).to.include({ userId: ada });
  });
});
