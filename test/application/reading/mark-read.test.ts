import { expect } from 'chai';
import { conversationChange } from '../../../src/application/conversations/change-conversation.js';
import { startGroup } from '../../../src/application/conversations/start-group.js';
import { findDestination } from '../../../src/application/messages/recipients.js';
import { load } from '../../../src/application/kernel/loaded.js';
import { sendMessage } from '../../../src/application/messages/send-message.js';
import type { EventStore, RecordedEvent } from '../../../src/application/ports/event-store.js';
import { markRead } from '../../../src/application/reading/mark-read.js';
import type { ConversationId, MessageId, UserId } from '../../../src/domain/kernel/ids.js';
import { reading } from '../../../src/domain/reading/decider.js';
import { race, refusalOf } from '../kernel/refusal.js';
import { createWorld, type World } from '../kernel/world.js';

describe('markRead', () => {
  let world: World;
  let [ada, bob, eve]: UserId[] = [];
  let group: ConversationId;
  let [first, second, third]: MessageId[] = [];

  beforeEach(async () => {
    world = await createWorld();
    [ada, bob, eve] = await Promise.all(['ada', 'bob', 'eve'].map(world.user));
    group = await newGroup();
    first = await sent(group);
    second = await sent(group);
    third = await sent(group);
  });

  const newGroup = async () => {
    const start = startGroup(world.transact, world.identifiers, world.relations);
    return (await start({ title: 'Engines', memberIds: [bob!] }, world.contextOf(ada!))).conversationId;
  };

  const sent = async (conversationId: ConversationId) => {
    const destination = findDestination({ ...world, requireUsers: world.relations });
    const send = sendMessage({ ...world, findDestination: destination });
    return (await send({ to: { conversationId }, text: 'Good morning' }, world.contextOf(ada!))).messageId;
  };

  const read = (by: UserId, messageId: MessageId, conversationId = group) =>
    markRead(
      world.transact,
      world.access,
      world.places,
      world.users,
    )({ conversationId, messageId }, world.contextOf(by));

  const readBy = async (user: UserId) =>
    (await world.streamEvents(`reading-${group}-${user}`)).map(({ data }) => (data as { messageId: string }).messageId);

  it('goes forward', async () => {
    await read(bob!, first!);
    const { position } = await read(bob!, third!);
    expect(await readBy(bob!)).to.deep.equal([first, third]);
    expect(position).to.equal(await world.store.head());
  });

  it('never goes back, and the same again adds nothing', async () => {
    await read(bob!, second!);
    const head = await world.store.head();
    await read(bob!, first!);
    await read(bob!, second!);
    expect(await world.store.head()).to.equal(head);
  });

  // Each mark read all that the reader had ever read in the conversation.
  it('takes one event to know how far somebody has read, however often they have', async () => {
    for (const message of [first, second, third]) await read(bob!, message!);
    const found: RecordedEvent[] = [];
    const store = {
      readStream: async function* (...given: Parameters<EventStore['readStream']>) {
        for await (const event of world.store.readStream(...given)) {
          found.push(event);
          yield event;
        }
      },
    } as Partial<EventStore> as EventStore;
    const { state, revision } = await load(store, reading, `${group}-${bob}`);
    expect(found).to.have.length(1);
    expect(revision).to.equal(2);
    const { sentPosition } = await world.places.require(third!, group);
    expect(state).to.deep.equal({ readUpTo: sentPosition });
  });

  it('is each reader’s own', async () => {
    await read(bob!, third!);
    await read(ada!, first!);
    expect(await readBy(ada!)).to.deep.equal([first]);
  });

  it('ends up at the newest when ten come at once', async () => {
    const marks = [first!, second!, third!];
    await race(10, (n) => read(bob!, marks[n % 3]!));
    const marked = await readBy(bob!);
    expect(marked.at(-1)).to.equal(third);
    expect(marked).to.deep.equal(marks.filter((each) => marked.includes(each)));
  });

  it('is for members, while they are', async () => {
    expect(await refusalOf(read(eve!, first!))).to.equal('conversation_not_found');
    await read(bob!, first!);
    await conversationChange(world.transact, 'RemoveMember')(
      { conversationId: group, userId: bob! },
      world.contextOf(ada!),
    );
    expect(await refusalOf(read(bob!, second!))).to.equal('conversation_not_found');
    expect(await readBy(bob!)).to.deep.equal([first]);
  });

  it('takes messages of this conversation only', async () => {
    const elsewhere = await sent(await newGroup());
    expect(await refusalOf(read(bob!, elsewhere))).to.equal('message_not_found');
    expect(await refusalOf(read(bob!, world.identifiers.newMessageId()))).to.equal('message_not_found');
    expect(await readBy(bob!)).to.deep.equal([]);
  });
});
