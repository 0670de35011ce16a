import { expect } from 'chai';
import { conversationChange } from '../../../src/application/conversations/change-conversation.js';
import { blockUser } from '../../../src/application/contacts/block-user.js';
import { startGroup } from '../../../src/application/conversations/start-group.js';
import type { RequestClaim } from '../../../src/application/kernel/command-context.js';
import { answerRepeats } from '../../../src/application/messages/answer-repeats.js';
import { findDestination, type Addressee } from '../../../src/application/messages/recipients.js';
import { sendMessage, type SendMessageInput } from '../../../src/application/messages/send-message.js';
import {
  streamOf,
  type ConversationId,
  type Hash,
  type MessageId,
  type UserId,
} from '../../../src/domain/kernel/ids.js';
import { refusalOf } from '../kernel/refusal.js';
import { createWorld, type World } from '../kernel/world.js';

// A sender who lost the answer to a message and was then removed or blocked was told at the repeat that there is no
// such conversation, and believed that the message was lost: it was in the log, and everybody had read it.
describe('A message that is sent again when its sender may not write there any more', () => {
  let world: World;
  let [ada, bob, cleo]: UserId[] = [];
  let group: ConversationId;
  let messageId: MessageId;

  beforeEach(async () => {
    world = await createWorld();
    [ada, bob, cleo] = await Promise.all(['ada', 'bob', 'cleo'].map(world.user));
    const start = startGroup(world.transact, world.identifiers, world.relations);
    group = (await start({ title: 'Engines', memberIds: [bob!] }, world.contextOf(ada!))).conversationId;
    messageId = world.identifiers.newMessageId();
  });

  const send = (to: Addressee, input: Partial<SendMessageInput> = {}, by = bob!, claim: RequestClaim | null = null) => {
    const destination = findDestination({ ...world, requireUsers: world.relations });
    const sending = sendMessage({ ...world, findDestination: destination });
    return answerRepeats(sending, world)({ text: 'Good morning', ...input, to }, { ...world.contextOf(by), claim });
  };

  const removeBob = () =>
    conversationChange(world.transact, 'RemoveMember')({ conversationId: group, userId: bob! }, world.contextOf(ada!));
  const blockBob = () => blockUser(world.transact, world.users)({ userId: bob! }, world.contextOf(ada!));
  const messages = async () => (await world.logged('MessageSent')).length;

  it('is answered as the first time, after they were removed', async () => {
    const first = await send({ conversationId: group }, { messageId });
    await removeBob();
    world.turnClock(60);
    expect(await send({ conversationId: group }, { messageId })).to.deep.equal({ ...first, repeated: true });
    expect(await messages()).to.equal(1);
  });

  it('is so by its idempotency key too', async () => {
    const claim = { stream: streamOf('request', 'one'), fingerprint: 'fingerprint' as Hash };
    const first = await send({ conversationId: group }, {}, bob, claim);
    await removeBob();
    expect(await send({ conversationId: group }, {}, bob, claim)).to.deep.equal({ ...first, repeated: true });
  });

  it('is so after they were blocked, however the other is named', async () => {
    const { conversationId } = await send({ recipientId: ada! }, { messageId });
    await blockBob();
    const other = world.identifiers.newMessageId();
    for (const to of [{ conversationId }, { recipientId: ada! }, { recipient: 'Ada' }]) {
      expect((await send(to, { messageId })).repeated).to.equal(true);
      expect(await refusalOf(send(to, { messageId: other }))).to.be.oneOf([
        'recipient_unavailable',
        'recipient_not_found',
      ]);
    }
  });

  it('gets the refusal that anybody gets where anything of it is different', async () => {
    const { conversationId: direct } = await send({ recipientId: ada! });
    await send({ conversationId: group }, { messageId });
    await removeBob();
    await blockBob();
    const elsewhere = world.identifiers.newConversationId();
    const others: readonly (readonly [Addressee, Partial<SendMessageInput>, UserId?])[] = [
      [{ conversationId: group }, { messageId, text: 'Good night' }],
      [{ conversationId: group }, { messageId, replyTo: messageId }],
      [{ conversationId: elsewhere }, { messageId }],
      [{ conversationId: group }, { messageId }, cleo!],
      [{ conversationId: group }, { messageId: world.identifiers.newMessageId() }],
      [{ conversationId: group }, {}],
    ];
    for (const [to, input, by] of others)
      expect(await refusalOf(send(to, input, by))).to.equal('conversation_not_found');
    expect(await refusalOf(send({ conversationId: direct }, { messageId }))).to.equal('recipient_unavailable');
    expect(await refusalOf(send({ recipient: 'nobody' }, { messageId }))).to.equal('recipient_not_found');
    expect(await messages()).to.equal(2);
  });
});
