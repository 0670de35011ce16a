import { expect } from 'chai';
import { conversationChange } from '../../../src/application/conversations/change-conversation.js';
import { startGroup } from '../../../src/application/conversations/start-group.js';
import { findDestination, type Addressee } from '../../../src/application/messages/recipients.js';
import { sendMessage, type SendMessageInput } from '../../../src/application/messages/send-message.js';
import type { ConversationId, UserId } from '../../../src/domain/kernel/ids.js';
import { race, refusalOf } from '../kernel/refusal.js';
import { createWorld, type World } from '../kernel/world.js';

describe('sendMessage', () => {
  let world: World;
  let [ada, bob, eve]: UserId[] = [];
  let group: ConversationId;

  beforeEach(async () => {
    world = await createWorld();
    [ada, bob, eve] = await Promise.all(['ada', 'bob', 'eve'].map(world.user));
    group = await newGroup();
  });

  const newGroup = async () => {
    const start = startGroup(world.transact, world.identifiers, world.relations);
    return (await start({ title: 'Engines', memberIds: [bob!] }, world.contextOf(ada!))).conversationId;
  };

  const send = (by: UserId, to: Addressee, input: Partial<SendMessageInput> = {}, transact = world.transact) => {
    const destination = findDestination({ ...world, requireUsers: world.relations });
    const sending = sendMessage({ ...world, transact, findDestination: destination });
    return sending({ text: 'Good morning', ...input, to }, world.contextOf(by));
  };

  const removeBob = () =>
    conversationChange(world.transact, 'RemoveMember')({ conversationId: group, userId: bob! }, world.contextOf(ada!));

  const texts = async () => (await world.logged('MessageSent')).map((data) => (data as { text: string }).text);

  it('puts the message into the log, and answers its position', async () => {
    const sent = await send(bob!, { conversationId: group });
    const [event] = await world.streamEvents(`message-${sent.messageId}`);
    expect(event?.data).to.deep.equal({
      messageId: sent.messageId,
      conversationId: group,
      senderId: bob,
      text: 'Good morning',
      replyTo: null,
      sentAt: sent.sentAt,
    });
    expect(sent).to.deep.include({ position: event?.position, repeated: false });
  });

  it('answers the same message again as the first time, also later', async () => {
    const messageId = world.identifiers.newMessageId();
    const first = await send(ada!, { conversationId: group }, { messageId });
    world.turnClock(60);
    await send(ada!, { conversationId: group });
    const again = await send(ada!, { conversationId: group }, { messageId });
    expect(again).to.deep.equal({ ...first, repeated: true });
    expect(await texts()).to.have.length(2);
  });

  it('sends it once when it comes ten times at once', async () => {
    const messageId = world.identifiers.newMessageId();
    const told = await race(10, () => send(ada!, { conversationId: group }, { messageId }));
    expect(told.filter(({ repeated }) => !repeated)).to.have.length(1);
    expect(new Set(told.map(({ position, sentAt }) => `${position} ${sentAt}`))).to.have.property('size', 1);
    expect(await texts()).to.have.length(1);
  });

  it('refuses another content, sender or place under the same id', async () => {
    const messageId = world.identifiers.newMessageId();
    await send(ada!, { conversationId: group }, { messageId });
    const others = [
      () => send(ada!, { conversationId: group }, { messageId, text: 'Good night' }),
      () => send(bob!, { conversationId: group }, { messageId }),
      async () => send(ada!, { conversationId: await newGroup() }, { messageId }),
    ];
    for (const other of others) expect(await refusalOf(other())).to.equal('idempotency_conflict');
    expect(await texts()).to.deep.equal(['Good morning']);
  });

  it('is refused to those who are no members: to them there is no such conversation', async () => {
    expect(await refusalOf(send(eve!, { conversationId: group }))).to.equal('conversation_not_found');
    const nowhere = world.identifiers.newConversationId();
    expect(await refusalOf(send(ada!, { conversationId: nowhere }))).to.equal('conversation_not_found');
    expect(await texts()).to.deep.equal([]);
  });

  it('is refused to a member who was removed, although it was remembered as one', async () => {
    await send(bob!, { conversationId: group });
    await removeBob();
    expect(await refusalOf(send(bob!, { conversationId: group }))).to.equal('conversation_not_found');
    expect(await texts()).to.have.length(1);
  });

  it('is refused at that very revision: when the removal comes between the decision and the append', async () => {
    await send(bob!, { conversationId: group });
    const transact: World['transact'] = (context, plan) =>
      world.transact(context, async (attempt) => {
        const planned = await plan(attempt);
        if (attempt === 0) await removeBob();
        return planned;
      });
    const sending = send(bob!, { conversationId: group }, { text: 'Too late' }, transact);
    expect(await refusalOf(sending)).to.equal('conversation_not_found');
    expect(await texts()).to.deep.equal(['Good morning']);
  });

  it('goes through when another change of the conversation comes between', async () => {
    const transact: World['transact'] = (context, plan) =>
      world.transact(context, async (attempt) => {
        const planned = await plan(attempt);
        if (attempt === 0) await removeBob();
        return planned;
      });
    await send(ada!, { conversationId: group }, { text: 'Still here' }, transact);
    expect(await texts()).to.deep.equal(['Still here']);
  });

  it('starts the conversation with a user, by id or by username in any case', async () => {
    const first = await send(ada!, { recipientId: bob! });
    const second = await send(ada!, { recipient: 'BOB' });
    const answer = await send(bob!, { recipientId: ada! });
    for (const { conversationId } of [second, answer]) expect(conversationId).to.equal(first.conversationId);
    expect(await world.typesIn(`conversation-${first.conversationId}`)).to.deep.equal(['ConversationStarted']);
    expect(first.position).to.equal((await world.streamEvents(`message-${first.messageId}`))[0]?.position);
  });

  it('starts it once for ten who write to each other at once, and loses none', async () => {
    const told = await race(10, (n) =>
      n % 2
        ? send(ada!, { recipientId: bob! }, { text: `a${n}` })
        : send(bob!, { recipientId: ada! }, { text: `b${n}` }),
    );
    const [{ conversationId }] = told as [(typeof told)[number]];
    expect(await world.typesIn(`conversation-${conversationId}`)).to.deep.equal(['ConversationStarted']);
    expect(new Set(await texts())).to.have.property('size', 10);
  });

  it('knows who is there to be written to', async () => {
    const nobody = world.identifiers.newUserId();
    expect(await refusalOf(send(ada!, { recipientId: nobody }))).to.equal('recipient_not_found');
    expect(await refusalOf(send(ada!, { recipient: 'nobody' }))).to.equal('recipient_not_found');
    expect(await refusalOf(send(ada!, { recipientId: ada! }))).to.equal('cannot_message_self');
    expect(await world.logged('ConversationStarted')).to.have.length(1);
  });

  it('replies to a message of the same conversation, and to no other', async () => {
    const { messageId: replyTo } = await send(ada!, { conversationId: group });
    await send(bob!, { conversationId: group }, { replyTo });
    expect((await world.logged('MessageSent'))[1]).to.deep.include({ replyTo });
    const elsewhere = send(ada!, { conversationId: await newGroup() }, { replyTo });
    expect(await refusalOf(elsewhere)).to.equal('message_not_found');
    const toNothing = send(ada!, { conversationId: group }, { replyTo: world.identifiers.newMessageId() });
    expect(await refusalOf(toNothing)).to.equal('message_not_found');
  });
});
