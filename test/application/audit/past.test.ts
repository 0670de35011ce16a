import { expect } from 'chai';
import { openAsOf } from '../../../src/application/audit/as-of.js';
import type { PastParts } from '../../../src/application/audit/past.js';
import { ProjectionLaggingError } from '../../../src/application/kernel/read-your-writes.js';
import type { AuditedEvent } from '../../../src/application/ports/audited-log.js';
import type { RecordedEvent } from '../../../src/application/ports/event-store.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, cleo, conversationNumber, messageNumber, positionOf } from '../../support/ids.js';
import { openPastScene } from '../../support/past-scene.js';

const NOW = at(1_000);
const conversationId = conversationNumber(1);
const direct = fact('ConversationStarted', {
  ...{ conversationId, kind: 'direct', title: null, startedBy: ada },
  members: [ada, bob].map((userId) => ({ userId, role: 'member' as const })),
});
const registered = [ada, bob, cleo].map((userId) => fact('UserRegistered', { userId }));
const sent = (n: number, senderId = ada) =>
  fact('MessageSent', { messageId: messageNumber(n), conversationId, senderId, text: `text ${n}` });
const position = (n: number) => positionOf(n);

describe('The past', () => {
  it('says whether a member could write to another, who may have blocked them or be gone', async () => {
    const facts = [
      ...registered,
      direct,
      fact('UserBlocked', { userId: bob, blockedId: ada }),
      fact('UserBlocked', { userId: bob, blockedId: cleo }),
      fact('UserUnblocked', { userId: bob, blockedId: ada }),
      fact('UserErased', { userId: bob }),
    ];
    const past = await (await openPastScene(facts)).indexedUpTo(facts.length);
    const canWrite = async (viewer: typeof ada, n: number) =>
      (await past.conversation({ conversationId, viewer, asOf: position(n) }, NOW)).answer.viewer?.canWrite;
    expect(await Promise.all([4, 5, 6, 7, 8].map((n) => canWrite(ada, n)))).to.deep.equal([
      true,
      false,
      false,
      true,
      false,
    ]);
    expect(await Promise.all([4, 5, 8].map((n) => canWrite(bob, n)))).to.deep.equal([true, true, true]);
  });

  it('is by time the last event that was recorded then or before, wherever the index has come to', async () => {
    const facts = [...registered, direct, sent(1), sent(2)];
    const scene = await openPastScene(facts);
    for (const indexed of [0, 3, 5, 6]) {
      const past = await scene.indexedUpTo(indexed);
      const upTo = async (asOf: ReturnType<typeof at>) =>
        (await past.conversation({ conversationId, asOf }, NOW)).answer.asOf;
      expect(await upTo(at(4)), `at ${indexed}`).to.equal(position(4));
      expect(await upTo(at(5.5)), `at ${indexed}`).to.equal(position(5));
      expect(await upTo(at(999)), `at ${indexed}`).to.equal(position(6));
    }
  });

  it('leaves out what cannot be decoded, and says so', async () => {
    const facts = [
      direct,
      sent(1),
      fact('MessageEdited', { messageId: messageNumber(1), conversationId, senderId: ada }),
    ];
    const scene = await openPastScene(facts);
    const past = await scene.indexedUpTo(facts.length);
    scene.spoil('MessageEdited');
    const edited = await past.message({ messageId: messageNumber(1) }, NOW);
    expect(edited.answer).to.deep.include({ undecodable: [position(3)] });
    expect(edited.answer.message).to.include({ text: 'text 1', editedAt: null });
    scene.spoil('MessageSent');
    const { page } = await past.messages({ conversationId }, 9, NOW);
    expect(page).to.deep.include({ messages: [], undecodable: [position(2)] });
  });

  // What the index had parked, and all behind it in its stream, was left out without a word: a message was shown as it was before.
  it('has what the index has left out, and says what of that cannot be decoded', async () => {
    const edited = (text: string) =>
      fact('MessageEdited', { messageId: messageNumber(1), conversationId, senderId: ada, text });
    const facts = [direct, sent(1), edited('text 2'), sent(2)];
    const scene = await openPastScene(facts);
    const { streamId } = scene.events[1] as RecordedEvent;
    const past = await scene.indexedUpTo(facts.length, new Set([streamId]));
    const texts = async () => (await past.messages({ conversationId }, 9, NOW)).page.messages.map(({ text }) => text);
    expect(await texts()).to.deep.equal(['text 2', 'text 2']);
    scene.spoil('MessageEdited');
    const { answer } = await past.message({ messageId: messageNumber(1) }, NOW);
    expect([answer.message.text, answer.undecodable]).to.deep.equal(['text 1', [position(3)]]);
  });

  it('is gone from the event of an erasure on, also while the key is still there', async () => {
    const facts = [...registered, direct, sent(1), fact('UserErased', { userId: ada })];
    const past = await (await openPastScene(facts)).indexedUpTo(facts.length);
    const { page } = await past.messages({ conversationId, asOf: position(5) }, 9, NOW);
    expect(page.messages[0]).to.include({ text: 'erased', erased: true });
    const { answer } = await past.user({ userId: ada, asOf: position(5) }, NOW);
    expect(answer.user).to.include({ status: 'registered', username: 'erased', email: 'erased', erased: true });
  });

  it('waits for an index that is far behind the log', async () => {
    const parts = {
      log: {
        head: async () => position(9_999),
        first: async (_: object, limit: number) => Array.from({ length: limit }, () => ({}) as AuditedEvent),
      },
      pastIndex: { reached: async () => LOG_START, leftOut: async () => [] },
    } as unknown as PastParts;
    const opened = openAsOf(parts)(undefined, NOW).catch((error: unknown) => error);
    expect(await opened).to.be.an.instanceOf(ProjectionLaggingError);
  });

  it('is read in portions, however often its messages were edited', async () => {
    const edits = Array.from({ length: 1_200 }, (_, n) =>
      fact('MessageEdited', { messageId: messageNumber(1), conversationId, senderId: ada, text: `edit ${n}` }),
    );
    const facts = [...registered, direct, sent(1), ...edits, sent(2)];
    const scene = await openPastScene(facts);
    const past = await scene.indexedUpTo(facts.length);
    const textAt = async (n: number) =>
      (await past.message({ messageId: messageNumber(1), asOf: position(n) }, NOW)).answer.message.text;
    expect(await textAt(facts.length)).to.equal('edit 1199');
    expect(await textAt(5 + 700)).to.equal('edit 699');
    expect(scene.mostRead()).to.be.at.most(500);
  });
});
