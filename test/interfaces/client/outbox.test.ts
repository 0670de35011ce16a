import { expect } from 'chai';
import { memoryStorage } from '../../../src/interfaces/client/storage/memory-storage.js';
import { settle } from '../../support/manual-platform.js';
import { failureOf, idsOf, openOutbox, type Sent } from '../../support/opened-outbox.js';

describe('the outbox', () => {
  it('shows and sends nothing that is not kept', async () => {
    let keep = (): void => undefined;
    const memory = memoryStorage();
    const slow = { ...memory, put: () => new Promise<void>((resolve) => (keep = resolve)) };
    const { outbox, say, sent, states, up } = await openOutbox(slow);
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
    const { say, states } = await openOutbox(full);
    expect(await failureOf(say('one'))).to.equal('not_kept');
    expect(states()).to.deep.equal([]);
  });

  it('sends the next of a lane only when the one before is answered, and lanes side by side', async () => {
    const { say, ack, sent, up } = await openOutbox();
    await Promise.all([say('a1', 'a'), say('a2', 'a'), say('b1', 'b'), say('b2', 'b')]);
    up();
    expect(idsOf(sent)).to.deep.equal(['a1', 'b1']);
    ack('b1');
    ack('a1');
    expect(idsOf(sent)).to.deep.equal(['a1', 'b1', 'b2', 'a2']);
  });

  it('sends what was not answered again, under the same id, in the same order', async () => {
    const { say, sent, down, up } = await openOutbox();
    up();
    for (const text of ['a', 'b']) await say(text, text);
    down();
    up();
    expect(idsOf(sent)).to.deep.equal(['a', 'b', 'a', 'b']);
  });

  it('keeps a message until its frame has come, and settles it when it is durable', async () => {
    const { outbox, say, ack, see, states, up, storage } = await openOutbox();
    up();
    const settled = outbox.settled(await say('one'));
    ack('one');
    expect(await settled).to.include({ messageId: 'one', position: '5' });
    expect(states()).to.deep.equal(['one sent']);
    expect(await storage.list('outbox/')).to.deep.equal([]);
    see('one');
    expect(states()).to.deep.equal([]);
  });

  it('takes the frame of a message as its acknowledgement, which may be lost', async () => {
    const { outbox, say, see, ack, states, sent, down, up, storage } = await openOutbox();
    up();
    await say('one');
    const settled = outbox.settled('one');
    await say('two');
    see('one');
    expect(await settled).to.include({ messageId: 'one', conversationId: 'c', position: '5' });
    expect([states(), idsOf(sent)]).to.deep.equal([['two sending'], ['one', 'two']]);
    ack('one');
    down();
    up();
    await settle();
    expect(idsOf(sent)).to.deep.equal(['one', 'two', 'two']);
    expect((await storage.list('outbox/')).map(([, command]) => (command as Sent).id)).to.deep.equal(['two']);
  });

  it('notices that the frame of a message was lost', async () => {
    const { outbox, say, ack, states, up } = await openOutbox();
    up();
    await say('one');
    ack('one', '10');
    expect(outbox.served('9')).to.equal(false);
    expect(outbox.served('10')).to.equal(true);
    expect(states()).to.deep.equal([]);
    expect(outbox.served('10')).to.equal(false);
  });

  it('waits as long as it is told, with everything, and then sends the same', async () => {
    const { outbox, say, sent, up, pass } = await openOutbox();
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
    const { outbox, say, sent, states, up } = await openOutbox();
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
    const { outbox, say, states, storage } = await openOutbox();
    const settled = failureOf(outbox.settled(await say('one')));
    await outbox.discard('one');
    expect(await settled).to.equal('discarded');
    expect([states(), await storage.list('outbox/')]).to.deep.equal([[], []]);
  });

  it('does not send again by itself what the socket was closed for', async () => {
    const { say, sent, states, down, up } = await openOutbox();
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
    const { say, states } = await openOutbox();
    expect(await failureOf(say('é'.repeat(40_000)))).to.equal('payload_too_large');
    expect(states()).to.deep.equal([]);
  });

  it('sends only the last of several marks of one conversation', async () => {
    const { outbox, sent, up } = await openOutbox();
    for (const messageId of ['m1', 'm2', 'm3'])
      await outbox.give({ type: 'read', conversationId: 'c', messageId }, 'read c');
    up();
    expect(sent.map((frame) => frame['messageId'])).to.deep.equal(['m3']);
  });

  it('keeps a mark that a later one may not have passed', async () => {
    const { outbox, ack, sent, up } = await openOutbox();
    for (const messageId of ['m3', 'm1', 'unknown'])
      await outbox.give({ type: 'read', conversationId: 'c', messageId }, 'read c', `read ${messageId}`);
    up();
    for (const id of ['read m3', 'read m1']) ack(id);
    expect(sent.map((frame) => frame['messageId'])).to.deep.equal(['m3', 'm1', 'unknown']);
  });

  it('goes on with a lane whose command under way was discarded', async () => {
    const { outbox, say, sent, up } = await openOutbox();
    up();
    for (const text of ['one', 'two']) await say(text);
    await outbox.discard('one');
    expect(idsOf(sent)).to.deep.equal(['one', 'two']);
  });

  it('drops the changes of a message with it, and fails none of them', async () => {
    const { outbox, say, states, sent, up, storage } = await openOutbox();
    await say('one');
    await outbox.give({ type: 'edit', messageId: 'one', text: 'changed' }, 'c', 'edit');
    const settled = failureOf(outbox.settled('edit'));
    await outbox.discard('one');
    up();
    expect([await settled, sent, states(), outbox.unsent]).to.deep.equal(['discarded', [], [], []]);
    expect(await storage.list('outbox/')).to.deep.equal([]);
  });

  it('does not bring back a command that is discarded while it is tried again', async () => {
    const { outbox, say, states, up, storage } = await openOutbox();
    up();
    await say('one');
    outbox.refused({ id: 'one', code: 'forbidden', detail: '' });
    await Promise.all([outbox.retry('one'), outbox.discard('one')]);
    expect([states(), await storage.list('outbox/')]).to.deep.equal([[], []]);
  });

  it('sends changes of a message one after another, also where the message itself was answered', async () => {
    const { outbox, say, see, ack, sent, up } = await openOutbox();
    up();
    await say('one');
    const change = (id: string, text: string) =>
      outbox.give({ type: 'edit', messageId: 'one', text }, outbox.laneOf('one') ?? 'one', id);
    await change('first', 'first');
    see('one');
    await change('second', 'second');
    expect(idsOf(sent)).to.deep.equal(['one', 'first']);
    ack('first');
    expect(idsOf(sent)).to.deep.equal(['one', 'first', 'second']);
  });

  it('sends what goes to a conversation after what started it, under whichever name', async () => {
    const { outbox, say, ack, sent, up } = await openOutbox();
    up();
    for (const id of ['one', 'two'])
      await outbox.give({ type: 'send', messageId: id, recipient: 'bob', text: id }, 'bob', id);
    ack('one');
    await say('three', 'c');
    expect(idsOf(sent)).to.deep.equal(['one', 'two']);
    ack('two');
    expect(idsOf(sent)).to.deep.equal(['one', 'two', 'three']);
  });
});
