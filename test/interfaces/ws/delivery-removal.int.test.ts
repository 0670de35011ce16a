import { expect } from 'chai';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { deliver } from '../../../src/interfaces/ws/delivery.js';
import { Hub } from '../../../src/interfaces/ws/hub.js';
import { captureConnection } from '../../support/captured-connection.js';
import { added, group, removed, renamed, sent, started } from '../../support/group-facts.js';
import { batchesOf, openLiveReadModels } from '../../support/live-read-models.js';
import { ada, bob, cleo, eve } from '../../support/ids.js';
import { testLinks } from '../../support/media-links.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';
import { recorded } from '../../support/projections.js';

describe('delivery around a removal', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(() => database.drop());

  // A frame shows the conversation as it is now: a member who is removed within the batch was told, in the frame of a
  // change before the removal, of the title and the members that it has had since.
  it('shows a user who is removed later in the batch nothing of what comes after, and one who joined only that they left', async () => {
    const models = await openLiveReadModels(database);
    const hub = new Hub();
    const connect = (userId: UserId) => {
      const captured = captureConnection(userId);
      hub.attach(captured.connection, userId);
      return captured;
    };
    const [stays, leaves, passes] = [connect(ada), connect(bob), connect(cleo)];
    const before = [started([ada, bob]), sent(1)];
    await models.project(recorded(before));
    for (const userId of [ada, bob]) hub.audience.add(group, userId);
    const changes = [renamed('x'), added(cleo), sent(2), removed(bob), removed(cleo), added(eve), renamed('secret')];
    const events = recorded([...before, ...changes]);
    await models.project(events);
    for (const batch of batchesOf(events.slice(2), [4, 9])) await deliver({ ...models, hub, links: testLinks })(batch);
    const gone = (position: string) => ({
      type: 'conversation.member_removed',
      position,
      conversation: { conversationId: group },
    });
    expect(leaves.frames().map(({ type, position }) => [type, position])).to.deep.equal([
      ['message.sent', '5'],
      ['conversation.member_removed', '6'],
    ]);
    expect(leaves.frames().at(-1)).to.deep.equal(gone('6'));
    expect(passes.frames()).to.deep.equal([gone('7')]);
    expect(stays.frames().map(({ type }) => type)).to.deep.equal([
      'conversation.renamed',
      'conversation.member_added',
      'message.sent',
      'conversation.member_removed',
      'conversation.member_removed',
      'conversation.member_added',
      'conversation.renamed',
    ]);
    expect([...hub.audience.of(group)]).to.deep.equal([ada]);
  });
});
