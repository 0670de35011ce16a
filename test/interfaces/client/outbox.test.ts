import { expect } from 'chai';
import { KeptCommands } from '../../../src/interfaces/client/outbox/kept-commands.js';
import { Outbox } from '../../../src/interfaces/client/outbox/outbox.js';
import type { ClientStorage } from '../../../src/interfaces/client/platform.js';
import { memoryStorage } from '../../../src/interfaces/client/storage/memory-storage.js';
import { manualPlatform, settle } from '../../support/manual-platform.js';

type Sent = Readonly<Record<string, unknown>> & { readonly id: string };

const open = async (storage: ClientStorage = memoryStorage(), owner = 'there/me') => {
  const manual = manualPlatform({ storage });
  const sent: Sent[] = [];
  let isUp = true;
  const outbox = new Outbox({
    platform: manual.platform,
    kept: new KeptCommands({ platform: manual.platform, owner }),
    send: (frame) => {
      if (isUp) sent.push(frame as Sent);
      return isUp;
    },
    onChange: () => undefined,
  });
  await outbox.open();
  await settle();
  const say = (text: string, conversationId = 'c', id = text) =>
    outbox.give({ type: 'send', messageId: id, conversationId, text }, conversationId, id);
  const ack = (id: string, position = '5') =>
    outbox.acknowledged({ id, messageId: id, conversationId: 'c', position, sentAt: 'then' }, undefined);
  const states = () => outbox.messages.map(({ text, state }) => `${text} ${state}`);
  const down = (isRefused = false) => {
    isUp = false;
    outbox.down(isRefused);
  };
  const up = () => {
    isUp = true;
    outbox.live();
  };
  return { ...manual, storage, outbox, sent, say, ack, states, down, up };
};

const idsOf = (sent: readonly Sent[]) => sent.map(({ id }) => id);

/** Answers the error with which a promise is rejected. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code: string }).code,
  );

describe('the outbox', () => {
  it('shows and sends nothing that is not kept', async () => {
    let keep = (): void => undefined;
    const memory = memoryStorage();
    const slow = { ...memory, put: () => new Promise<void>((resolve) => (keep = resolve)) };
    const { outbox, say, sent, states, up } = await open(slow);
    up();
    const given = say('one');
    await settle();
    expect([states(), sent]).to.deep.equal([[], []]);
    keep();
    expect(await given).to.equal('one');
    expect([states(), idsOf(sent)]).to.deep.equal([['one sending'], ['one']]);
    expect(outbox.unsent.map(({ id }) => id)).to.deep.equal(['one']);
  });

  it('rejects what could not be kept, and shows nothing of it', async () => {
    const full = { ...memoryStorage(), put: () => Promise.reject(new Error('full')) };
    const { say, states } = await open(full);
    expect(await say('one').catch(String)).to.equal('Error: full');
    expect(states()).to.deep.equal([]);
  });

  it('sends the next of a lane only when the one before is answered, and lanes side by side', async () => {
    const { say, ack, sent, up } = await open();
    await Promise.all([say('a1', 'a'), say('a2', 'a'), say('b1', 'b'), say('b2', 'b')]);
    up();
    expect(idsOf(sent)).to.deep.equal(['a1', 'b1']);
    ack('b1');
    ack('a1');
    expect(idsOf(sent)).to.deep.equal(['a1', 'b1', 'b2', 'a2']);
  });

  it('sends what was not answered again, under the same id, in the same order', async () => {
    const { say, sent, down, up } = await open();
    up();
    for (const text of ['a', 'b']) await say(text, text);
    down();
    up();
    expect(idsOf(sent)).to.deep.equal(['a', 'b', 'a', 'b']);
  });

  it('keeps a message until its frame has come, and settles it when it is durable', async () => {
    const { outbox, say, ack, states, up, storage } = await open();
    up();
    const settled = outbox.settled(await say('one'));
    ack('one');
    expect(await settled).to.include({ messageId: 'one', position: '5' });
    expect(states()).to.deep.equal(['one sent']);
    expect(await storage.list('outbox/')).to.deep.equal([]);
    outbox.seen('one');
    expect(states()).to.deep.equal([]);
  });

  it('drops a message at once whose frame came before its acknowledgement', async () => {
    const { outbox, say, ack, states, up } = await open();
    up();
    await say('one');
    outbox.seen('one');
    expect(states()).to.deep.equal(['one sending']);
    ack('one');
    expect(states()).to.deep.equal([]);
  });

  it('notices that the frame of a message was lost', async () => {
    const { outbox, say, ack, states, up } = await open();
    up();
    await say('one');
    ack('one', '10');
    expect(outbox.served('9')).to.equal(false);
    expect(outbox.served('10')).to.equal(true);
    expect(states()).to.deep.equal([]);
    expect(outbox.served('10')).to.equal(false);
  });

  it('waits as long as it is told, with everything, and then sends the same', async () => {
    const { outbox, say, sent, up, pass } = await open();
    up();
    await Promise.all([say('a', 'a'), say('b', 'b')]);
    for (const id of ['a', 'b']) outbox.refused({ id, code: 'rate_limited', detail: '', retryAfterMs: 1_000 });
    await say('c', 'c');
    await pass(999);
    expect(idsOf(sent)).to.deep.equal(['a', 'b']);
    await pass(1);
    expect(idsOf(sent)).to.deep.equal(['a', 'b', 'a', 'b', 'c']);
  });

  it('shows what was refused, tries it again when asked, and goes on with the rest', async () => {
    const { outbox, say, sent, states, up } = await open();
    up();
    await Promise.all([say('one'), say('two')]);
    const settled = failureOf(outbox.settled('one'));
    outbox.refused({ id: 'one', code: 'recipient_unavailable', detail: 'no' });
    expect(await settled).to.equal('recipient_unavailable');
    expect(states()).to.deep.equal(['one failed', 'two sending']);
    expect(outbox.messages[0]?.failure).to.deep.equal({ code: 'recipient_unavailable', detail: 'no' });
    expect(await failureOf(outbox.settled('one'))).to.equal('recipient_unavailable');
    await outbox.retry('one');
    expect([idsOf(sent), states()]).to.deep.equal([
      ['one', 'two'],
      ['one sending', 'two sending'],
    ]);
    outbox.acknowledged({ id: 'two', position: '4' }, '4');
    expect(idsOf(sent)).to.deep.equal(['one', 'two', 'one']);
  });

  it('discards what somebody does not want to send any more', async () => {
    const { outbox, say, states, storage } = await open();
    const settled = failureOf(outbox.settled(await say('one')));
    await outbox.discard('one');
    expect(await settled).to.equal('discarded');
    expect([states(), await storage.list('outbox/')]).to.deep.equal([[], []]);
  });

  it('does not send again by itself what the socket was closed for', async () => {
    const { say, sent, states, down, up } = await open();
    up();
    await say('bad', 'a');
    down(true);
    await say('good', 'b');
    up();
    expect([idsOf(sent), states()]).to.deep.equal([
      ['bad', 'good'],
      ['bad failed', 'good sending'],
    ]);
  });

  it('refuses what no frame can carry', async () => {
    const { say, states } = await open();
    expect(await failureOf(say('é'.repeat(40_000)))).to.equal('payload_too_large');
    expect(states()).to.deep.equal([]);
  });

  it('sends only the last of several marks of one conversation', async () => {
    const { outbox, sent, up } = await open();
    for (const messageId of ['m1', 'm2', 'm3'])
      await outbox.give({ type: 'read', conversationId: 'c', messageId }, 'read c');
    up();
    expect(sent.map((frame) => frame['messageId'])).to.deep.equal(['m3']);
  });

  it('takes up what an earlier page has left, in its order, before what is new', async () => {
    const before = await open();
    for (const text of ['one', 'two', 'three']) await before.say(text);
    before.outbox.refused({ id: 'three', code: 'forbidden', detail: '' });
    await settle();
    before.outbox.close();
    const after = await open(before.storage);
    await after.say('four');
    after.up();
    expect(after.states()).to.deep.equal(['one sending', 'two sending', 'three failed', 'four sending']);
    for (const id of ['one', 'two', 'four']) after.ack(id);
    expect(idsOf(after.sent)).to.deep.equal(['one', 'two', 'four']);
    await settle();
    expect((await after.storage.list('outbox/')).map(([, command]) => (command as Sent).id)).to.deep.equal(['three']);
  });

  it('leaves the commands of a page that lives to that page, and takes them when it is gone', async () => {
    const storage = memoryStorage();
    const [one, other] = [await open(storage), await open(storage)];
    await one.say('one');
    other.up();
    const third = await open(storage);
    third.up();
    await settle();
    expect([other.sent, third.sent]).to.deep.equal([[], []]);
    one.outbox.close();
    await settle();
    expect(idsOf(third.sent)).to.deep.equal(['one']);
  });

  it('does not send what another user wrote on this device', async () => {
    const before = await open(memoryStorage(), 'there/eve');
    await before.say('one');
    before.outbox.close();
    const after = await open(before.storage, 'there/me');
    after.up();
    await settle();
    expect(after.sent).to.deep.equal([]);
  });
});
