import { expect } from 'chai';
import type { CommandContext, RequestClaim } from '../../../src/application/kernel/command-context.js';
import { step } from '../../../src/application/kernel/step.js';
import { createTransact } from '../../../src/application/kernel/transact.js';
import { ConcurrencyError } from '../../../src/application/ports/event-store.js';
import { conversation } from '../../../src/domain/conversations/decider.js';
import type { ConversationId } from '../../../src/domain/kernel/ids.js';
import { ada, bob } from '../../support/people.js';
import { race, refusalOf } from './refusal.js';
import { createWorld, type World } from './world.js';

describe('transact', () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });

  const started = async (): Promise<ConversationId> => {
    const conversationId = world.identifiers.newConversationId();
    await startWith(conversationId, world.contextOf(ada));
    return conversationId;
  };

  const startWith = (conversationId: ConversationId, context: CommandContext, transact = world.transact) => {
    const data = { conversationId, title: 'Engines', memberIds: [bob], by: ada, at: context.now };
    return transact(context, async () => ({
      steps: [step(conversation, conversationId, { type: 'StartGroup', data })],
      answer: () => ({ conversationId }),
    }));
  };

  const rename = (conversationId: ConversationId, title: string) =>
    step(conversation, conversationId, {
      type: 'RenameConversation',
      data: { conversationId, title, by: ada, at: world.now() },
    });

  const titlesOf = async (conversationId: ConversationId) =>
    (await world.streamEvents(`conversation-${conversationId}`))
      .filter(({ type }) => type === 'ConversationRenamed')
      .map(({ data }) => (data as { title: string }).title);

  const keyed = (key: string, body: unknown): CommandContext => {
    const claim: RequestClaim = {
      stream: world.hashes.requestStream(ada, 'POST /things', key),
      fingerprint: world.hashes.fingerprint(key, body),
    };
    return { ...world.contextOf(ada), claim };
  };

  it('records who commanded, when, and under which ids', async () => {
    const context = world.contextOf(ada);
    const conversationId = world.identifiers.newConversationId();
    await startWith(conversationId, context);
    const [event] = await world.streamEvents(`conversation-${conversationId}`);
    const { commandId, correlationId, now: recordedAt } = context;
    expect(event?.metadata).to.deep.equal({
      commandId,
      correlationId,
      causationId: commandId,
      actorId: ada,
      sessionId: null,
      recordedAt,
    });
    expect(event?.eventId).to.equal(world.identifiers.eventId(commandId, 0));
  });

  it('plans again when a stream changed between reading and appending', async () => {
    const conversationId = await started();
    const attempts: number[] = [];
    await world.transact(world.contextOf(ada), async (attempt) => {
      attempts.push(attempt);
      const planned = rename(conversationId, 'Mine');
      const disturbed = {
        decide: async (...parameters: Parameters<typeof planned.decide>) => {
          const decided = await planned.decide(...parameters);
          if (attempt === 0)
            await world.transact(world.contextOf(ada), async () => ({
              steps: [rename(conversationId, 'Theirs')],
              answer: () => ({}),
            }));
          return decided;
        },
      };
      return { steps: [disturbed], answer: () => ({}) };
    });
    expect(attempts).to.deep.equal([0, 1]);
    expect(await titlesOf(conversationId)).to.deep.equal(['Theirs', 'Mine']);
  });

  it('gives up after three attempts, and has then appended nothing', async () => {
    const conversationId = await started();
    const jitters: number[] = [];
    const transact = createTransact(world.store, world.identifiers, async (attempt) => void jitters.push(attempt));
    let failure: unknown;
    await transact(world.contextOf(ada), async () => ({
      steps: [rename(conversationId, 'Looms')],
      require: [{ streamId: `conversation-${conversationId}-other` as never, expected: 'stream exists' }],
      answer: () => ({}),
    })).catch((error: unknown) => (failure = error));
    expect(failure).to.be.instanceOf(ConcurrencyError);
    expect(jitters).to.deep.equal([0, 1]);
    expect(await titlesOf(conversationId)).to.deep.equal([]);
  });

  it('appends nothing when there is nothing to do, and answers where the stream ends', async () => {
    const conversationId = await started();
    const again = await startWith(conversationId, world.contextOf(ada));
    expect(again).to.deep.include({ repeated: true, position: await world.store.head() });
    expect(await world.typesIn(`conversation-${conversationId}`)).to.have.length(1);
  });

  // A contact was added, the answer was lost and the server was another one the next time: the repeat was answered at
  // once, and the list that was asked for then lacked the contact.
  it('notes a repeat as written by the session, whichever node took it the first time', async () => {
    const sessionId = world.identifiers.newSessionId();
    const noted: unknown[] = [];
    const noting = createTransact(
      world.store,
      world.identifiers,
      () => Promise.resolve(),
      (...appended) => void noted.push(appended),
    );
    const conversationId = world.identifiers.newConversationId();
    const first = await startWith(conversationId, world.contextOf(ada));
    const claimed = await startWith(world.identifiers.newConversationId(), keyed('k1', {}));
    const unchanged = { ...world.contextOf(ada), sessionId };
    await startWith(conversationId, unchanged, noting);
    await startWith(world.identifiers.newConversationId(), { ...keyed('k1', {}), sessionId }, noting);
    expect(noted).to.deep.equal([
      [sessionId, null, first.position],
      [sessionId, null, claimed.position],
    ]);
  });

  describe('with an idempotency key', () => {
    it('answers the same request as the first time', async () => {
      const body = { title: 'Engines' };
      const first = await startWith(world.identifiers.newConversationId(), keyed('k1', body));
      const second = await startWith(world.identifiers.newConversationId(), keyed('k1', body));
      expect(second).to.deep.equal({ ...first, repeated: true });
      expect(await world.logged('ConversationStarted')).to.have.length(1);
    });

    it('takes a body whose fields come in another order for the same', async () => {
      const first = await startWith(world.identifiers.newConversationId(), keyed('k1', { a: 1, b: { c: 2, d: 3 } }));
      const second = await startWith(world.identifiers.newConversationId(), keyed('k1', { b: { d: 3, c: 2 }, a: 1 }));
      expect(second.answer).to.deep.equal(first.answer);
    });

    it('is refused for another body', async () => {
      await startWith(world.identifiers.newConversationId(), keyed('k1', { title: 'Engines' }));
      const other = startWith(world.identifiers.newConversationId(), keyed('k1', { title: 'Looms' }));
      expect(await refusalOf(other)).to.equal('idempotency_conflict');
      expect(await world.logged('ConversationStarted')).to.have.length(1);
    });

    it('does another thing for another key', async () => {
      await startWith(world.identifiers.newConversationId(), keyed('k1', {}));
      await startWith(world.identifiers.newConversationId(), keyed('k2', {}));
      expect(await world.logged('ConversationStarted')).to.have.length(2);
    });

    it('does it once for ten who ask at once, and tells all the same', async () => {
      const told = await race(10, () => startWith(world.identifiers.newConversationId(), keyed('k1', {})));
      expect(new Set(told.map(({ answer }) => answer.conversationId))).to.have.property('size', 1);
      expect(new Set(told.map(({ position }) => position))).to.have.property('size', 1);
      expect(await world.logged('ConversationStarted')).to.have.length(1);
      expect(await world.logged('RequestAccepted')).to.have.length(1);
    });
  });
});
