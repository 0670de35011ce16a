import { expect } from 'chai';
import { startGroup } from '../../../src/application/conversations/start-group.js';
import { answerRepeats } from '../../../src/application/messages/answer-repeats.js';
import { findDestination } from '../../../src/application/messages/recipients.js';
import { sendMessage, type SendMessageInput } from '../../../src/application/messages/send-message.js';
import type { ConversationId, MediaId, UserId } from '../../../src/domain/kernel/ids.js';
import { conversationChange } from '../../../src/application/conversations/change-conversation.js';
import { collect, uploaded } from '../media/world-media.js';
import { race, refusalOf } from '../kernel/refusal.js';
import { createWorld, type World } from '../kernel/world.js';

describe('Files that messages carry', () => {
  let world: World;
  let [ada, bob]: UserId[] = [];
  let group: ConversationId;

  beforeEach(async () => {
    world = await createWorld();
    [ada, bob] = await Promise.all(['ada', 'bob'].map(world.user));
    const start = startGroup(world.transact, world.identifiers, world.relations);
    group = (await start({ title: 'Engines', memberIds: [bob!] }, world.contextOf(ada!))).conversationId;
  });

  const send = (input: Partial<SendMessageInput>, by = ada!, transact = world.transact) => {
    const destination = findDestination({ ...world, requireUsers: world.relations });
    const sending = answerRepeats(sendMessage({ ...world, transact, findDestination: destination }), world);
    return sending({ text: '', to: { conversationId: group }, ...input }, world.contextOf(by));
  };

  const upload = (by = ada!): Promise<MediaId> =>
    uploaded(world, by, { name: 'a.txt', contentType: 'text/plain', width: null, height: null });

  it('are told by the message, and kept from then on', async () => {
    const [one, two] = [await upload(), await upload()];
    const { messageId, position } = await send({ attachments: [two, one] });
    const [sent] = await world.streamEvents(`message-${messageId}`);
    const told = { contentType: 'text/plain', size: 5, name: 'a.txt', width: null, height: null };
    expect(sent?.data).to.deep.include({
      text: '',
      attachments: [
        { mediaId: two, ...told },
        { mediaId: one, ...told },
      ],
    });
    expect(sent?.position).to.equal(position);
    await collect(world, one);
    expect(await world.typesIn(`media-${one}`)).to.deep.equal(['MediaUploaded', 'MediaAttached']);
  });

  it('may be carried by several messages, which are all recorded, and are kept once', async () => {
    const mediaId = await upload();
    await race(5, () => send({ attachments: [mediaId] }));
    expect(await world.logged('MessageSent')).to.have.length(5);
    const carriers = (await world.logged('MediaAttached')) as readonly { readonly messageId: string }[];
    expect(new Set(carriers.map(({ messageId }) => messageId)).size).to.equal(5);
    expect(await world.logged('MediaUploaded')).to.have.length(1);
  });

  it('are compared where a message is sent again', async () => {
    const [one, two, messageId] = [await upload(), await upload(), world.identifiers.newMessageId()];
    const first = await send({ messageId, attachments: [one] });
    expect(await send({ messageId, attachments: [one] })).to.deep.equal({ ...first, repeated: true });
    for (const attachments of [[two], [], [one, two]])
      expect(await refusalOf(send({ messageId, attachments }))).to.equal('idempotency_conflict');
    expect(await world.logged('MessageSent')).to.have.length(1);
    expect(await world.typesIn(`media-${two}`)).to.deep.equal(['MediaUploaded']);
  });

  it('are compared where the sender may not write any more', async () => {
    const [one, two, messageId] = [await upload(bob), await upload(bob), world.identifiers.newMessageId()];
    const first = await send({ messageId, attachments: [one] }, bob);
    const removing = conversationChange(world.transact, 'RemoveMember');
    await removing({ conversationId: group, userId: bob! }, world.contextOf(ada!));
    expect(await send({ messageId, attachments: [one] }, bob)).to.deep.equal({ ...first, repeated: true });
    expect(await refusalOf(send({ messageId, attachments: [two] }, bob))).to.equal('conversation_not_found');
  });

  it('have to be there, and the own ones', async () => {
    const [gone, others] = [await upload(), await upload(bob)];
    await collect(world, gone);
    for (const mediaId of [gone, others, world.identifiers.newMediaId()])
      expect(await refusalOf(send({ text: 'words', attachments: [await upload(), mediaId] }))).to.equal(
        'media_not_found',
      );
    expect(await world.logged('MessageSent')).to.deep.equal([]);
    expect(await world.logged('MediaAttached')).to.deep.equal([]);
  });

  it('are refused when they are removed between the decision and the append', async () => {
    const mediaId = await upload();
    const transact: World['transact'] = (context, plan) =>
      world.transact(context, async (attempt) => {
        const planned = await plan(attempt);
        if (attempt === 0) await collect(world, mediaId);
        return planned;
      });
    expect(await refusalOf(send({ attachments: [mediaId] }, ada, transact))).to.equal('media_not_found');
    expect(await world.logged('MessageSent')).to.deep.equal([]);
  });
});
