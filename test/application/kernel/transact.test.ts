import { expect } from 'chai';
import type { CommandContext, RequestClaim } from '../../../src/application/kernel/command-context.js';
import { decision } from '../../../src/application/kernel/decision.js';
import { createTransact } from '../../../src/application/kernel/transact.js';
import { conversation } from '../../../src/domain/conversations/decider.js';
import { session } from '../../../src/domain/sessions/decider.js';
import type { ConversationId, StreamId } from '../../../src/domain/kernel/ids.js';
import { ada, at, bob, hashOf, sessionNumber } from '../../support/ids.js';
import { race, refusalOf } from './refusal.js';
import { watchedStore } from './watched-store.js';
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

  const startOf = (conversationId: ConversationId) => {
    const data = { conversationId, title: 'Engines', memberIds: [bob], by: ada, at: at(0) };
    return decision(conversation, conversationId, { type: 'StartGroup', data });
  };

  const startWith = (conversationId: ConversationId, context: CommandContext, transact = world.transact) =>
    transact(context, async () => ({ decisions: [startOf(conversationId)], answer: () => ({ conversationId }) }));

  const rename = (conversationId: ConversationId, title: string) =>
    decision(conversation, conversationId, {
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

  it('numbers the events of all its streams in one row', async () => {
    const context = world.contextOf(ada);
    const ids = [1, 2, 3].map(() => world.identifiers.newConversationId());
    await world.transact(context, async () => ({ decisions: ids.map((id) => startOf(id)), answer: () => ({}) }));
    const appended = await Promise.all(ids.map((id) => world.streamEvents(`conversation-${id}`)));
    expect(appended.flat().map(({ eventId }) => eventId)).to.deep.equal(
      [0, 1, 2].map((index) => world.identifiers.eventId(context.commandId, index)),
    );
  });

  it('appends under the conditions of its plan, and under no others', async () => {
    const { store, batches } = watchedStore(world.store);
    const transact = createTransact(store, world.identifiers, () => Promise.resolve());
    const conversationId = world.identifiers.newConversationId();
    await startWith(conversationId, world.contextOf(ada), transact);
    const require = [{ streamId: `conversation-${conversationId}` as StreamId, expected: 'stream exists' as const }];
    await transact(world.contextOf(ada), async () => ({
      decisions: [startOf(world.identifiers.newConversationId())],
      require,
      answer: () => ({}),
    }));
    expect(batches.map(({ conditions }) => conditions)).to.deep.equal([[], require]);
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
              decisions: [rename(conversationId, 'Theirs')],
              answer: () => ({}),
            }));
          return decided;
        },
      };
      return { decisions: [disturbed], answer: () => ({}) };
    });
    expect(attempts).to.deep.equal([0, 1]);
    expect(await titlesOf(conversationId)).to.deep.equal(['Theirs', 'Mine']);
  });

  it('appends nothing when there is nothing to do, and answers where the stream ends', async () => {
    const conversationId = await started();
    const again = await startWith(conversationId, world.contextOf(ada));
    expect(again).to.deep.include({ repeated: true, position: await world.store.head() });
    expect(await world.typesIn(`conversation-${conversationId}`)).to.have.length(1);
  });

  describe('notes as written by a session', () => {
    let noted: unknown[];
    let noting: World['transact'];
    const sessionId = sessionNumber(1);

    beforeEach(() => {
      noted = [];
      const note = (session: string, types: ReadonlySet<string> | null, position: string) =>
        noted.push([session, types && [...types], position]);
      noting = createTransact(world.store, world.identifiers, () => Promise.resolve(), note);
    });

    it('what it has appended, and its types', async () => {
      const conversationId = world.identifiers.newConversationId();
      const { position } = await startWith(conversationId, { ...world.contextOf(ada), sessionId }, noting);
      expect(noted).to.deep.equal([[sessionId, ['ConversationStarted'], position]]);
    });

    it('what has begun it', async () => {
      const token = { tokenHash: hashOf('first'), expiresAt: at(60) };
      const begun = { sessionId, userId: ada, device: null, address: '192.0.2.1', epoch: 0, token, at: at(0) };
      const { position } = await noting(world.contextOf(null), async () => ({
        decisions: [
          startOf(world.identifiers.newConversationId()),
          decision(session, sessionId, { type: 'StartSession', data: begun }),
        ],
        answer: () => ({}),
      }));
      expect(noted).to.deep.equal([[sessionId, ['ConversationStarted', 'SessionStarted'], position]]);
    });

    it('nothing, where there is none', async () => {
      const conversationId = world.identifiers.newConversationId();
      for (let time = 0; time < 2; time += 1) await startWith(conversationId, world.contextOf(ada), noting);
      expect(noted).to.deep.equal([]);
    });

    // A contact was added, the answer was lost, and the repeat went to another server: it was answered at once, and the
    // list that was requested next lacked the contact.
    it('a repeat, whichever node took it the first time', async () => {
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
  });

  describe('with an idempotency key', () => {
    it('keeps its answer in the stream of the request, which is read once where it is new', async () => {
      const { store, readings } = watchedStore(world.store);
      const context = keyed('k1', {});
      const { stream } = context.claim!;
      await startWith(
        world.identifiers.newConversationId(),
        context,
        createTransact(store, world.identifiers, () => Promise.resolve()),
      );
      expect(await world.typesIn(stream)).to.deep.equal(['RequestAccepted']);
      expect(readings.filter((each) => each === stream)).to.have.length(1);
    });

    it('fails where there is nobody whose request it is, and has then appended nothing', async () => {
      const context = { ...keyed('k1', {}), actor: null };
      const failure: unknown = await world
        .transact(context, async () => ({
          decisions: [startOf(world.identifiers.newConversationId())],
          answer: () => ({}),
        }))
        .catch((error: unknown) => error);
      expect(failure)
        .to.be.instanceOf(Error)
        .with.property('message', 'there is no idempotency key to claim, or nobody to claim it for');
      expect(await world.logged('ConversationStarted')).to.deep.equal([]);
    });

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

    it('does it once for ten who ask at once, and gives all the same answer', async () => {
      const told = await race(10, () => startWith(world.identifiers.newConversationId(), keyed('k1', {})));
      expect(new Set(told.map(({ answer }) => answer.conversationId))).to.have.property('size', 1);
      expect(new Set(told.map(({ position }) => position))).to.have.property('size', 1);
      expect(await world.logged('ConversationStarted')).to.have.length(1);
      expect(await world.logged('RequestAccepted')).to.have.length(1);
    });
  });
});
