import type { Position, SessionId, StreamId, UserId } from '../../domain/kernel/ids.js';
import { laterOf, LOG_START } from '../../domain/kernel/position.js';
import { request, requireSameRequest } from '../../domain/requests/decider.js';
import type { Identifiers } from '../ports/identifiers.js';
import {
  ConcurrencyError,
  EventStoreOverloadedError,
  type EventMetadata,
  type EventStore,
  type StreamAppend,
  type StreamCondition,
} from '../ports/event-store.js';
import { session } from '../../domain/sessions/decider.js';
import type { CommandContext } from './command-context.js';
import { load } from './loaded.js';
import { decision, type Decided, type Decision } from './decision.js';
import { createKeyedQueue } from './keyed-queue.js';

/** One of those who collide succeeds: with eight nodes on one stream that is one attempt in eight at worst. */
const MAX_ATTEMPTS = 20;
/** After that no attempt is made again, so that a slow log does not make the attempts of one command last for minutes. */
const ATTEMPT_FOR_MS = 3_000;
/** How long a command waits for those before it in its queue. */
const QUEUE_FOR_MS = 5_000;

/** What one attempt wants to do: its decisions are appended atomically, if the conditions hold. */
interface Plan<States extends readonly unknown[], Answer extends object> {
  readonly decisions: { readonly [Index in keyof States]: Decision<States[Index]> };
  readonly require?: readonly StreamCondition[];
  /** Whose request it is, where nobody is logged in: what is kept of it is sealed with their key. */
  readonly requester?: UserId;
  /** What the caller is told, beside the position. With an idempotency key it is kept in the log. */
  readonly answer: (decided: { readonly [Index in keyof States]: Decided<States[Index]> }) => Answer;
}

/** What came of it. */
interface Transacted<Answer extends object> {
  readonly answer: Answer;
  /** Of the last event; of the last one that was there already, when nothing was to do. */
  readonly position: Position;
  /** Whether nothing was appended, because it had been done before. */
  readonly repeated: boolean;
}

/**
 * Plan, decide, append; again from the start when a stream changed meanwhile. Commands that name the same queue are
 * carried out one after another on this node: at once they would refuse each other until they gave up.
 */
export type Transact = <const States extends readonly unknown[], Answer extends object>(
  context: CommandContext<UserId | null>,
  plan: (attempt: number) => Promise<Plan<States, Answer>>,
  queue?: StreamId,
) => Promise<Transacted<Answer>>;

/** Waits a little, at random, so that those who collided do not collide again. */
export type Jitter = (attempt: number) => Promise<void>;

const metadataOf = (context: CommandContext<UserId | null>): EventMetadata => ({
  commandId: context.commandId,
  correlationId: context.correlationId,
  causationId: context.causationId,
  actorId: context.actor,
  sessionId: context.sessionId,
  recordedAt: context.now,
});

/** The answer that an idempotency key was given before, if it was. */
const earlierAnswer = async (store: EventStore, { claim }: Pick<CommandContext, 'claim'>) => {
  if (!claim) return undefined;
  const loaded = await load(store, request, requestIdOf(claim.stream));
  if (loaded.state.status !== 'accepted') return undefined;
  requireSameRequest(claim.fingerprint, loaded.state.fingerprint);
  return { answer: loaded.state.answer, position: loaded.lastPosition ?? LOG_START, repeated: true };
};

const requestIdOf = (stream: string): string => stream.slice(request.category.length + 1);

/** Appends facts under the command's ids: the same command twice gives the same events. */
const appendsOf = (
  decided: readonly Decided<unknown>[],
  context: CommandContext<UserId | null>,
  identifiers: Identifiers,
): StreamAppend[] => {
  const metadata = metadataOf(context);
  const nobodys = { ...metadata, actorId: null, sessionId: null };
  let index = 0;
  return decided
    .filter(({ facts }) => facts.length > 0)
    .map(({ loaded, facts, hidesActor }) => ({
      streamId: loaded.streamId,
      expected: loaded.revision,
      events: facts.map(({ type, data }) => ({
        eventId: identifiers.eventId(context.commandId, index++),
        type,
        data,
        metadata: hidesActor ? nobodys : metadata,
      })),
    }));
};

const lastKnown = (decided: readonly Decided<unknown>[]): Position =>
  decided.reduce((last, { loaded }) => laterOf(last, loaded.lastPosition ?? LOG_START), LOG_START);

/**
 * Told of what was appended for a session. A repeat is told of too, without types: this node may not know of the first
 * time, and the session takes it for its own write all the same.
 */
export type OnAppended = (sessionId: SessionId, types: ReadonlySet<string> | null, position: Position) => void;

const SESSION_PREFIX = `${session.category}-`;

/** The session that a command came from; the one that is begun or prolonged, where it came from none. */
const sessionOf = (context: CommandContext<UserId | null>, streams: readonly StreamAppend[]): SessionId | null => {
  const own = streams.find(({ streamId }) => streamId.startsWith(SESSION_PREFIX));
  return context.sessionId ?? ((own?.streamId.slice(SESSION_PREFIX.length) ?? null) as SessionId | null);
};

const typesOf = (streams: readonly StreamAppend[]): Set<string> =>
  new Set(streams.flatMap(({ events }) => events.map(({ type }) => type)));

const queueIsTooLong = () => new EventStoreOverloadedError('too many commands wait for a stream');

export const createTransact = (
  store: EventStore,
  identifiers: Identifiers,
  jitter: Jitter,
  onAppended: OnAppended = () => undefined,
): Transact => {
  const noteRepeat = <Answer extends object>(
    { sessionId }: CommandContext<UserId | null>,
    repeat: Transacted<Answer>,
  ): Transacted<Answer> => {
    if (sessionId !== null) onAppended(sessionId, null, repeat.position);
    return repeat;
  };
  const attemptOnce = async <States extends readonly unknown[], Answer extends object>(
    context: CommandContext<UserId | null>,
    plan: Plan<States, Answer>,
    attempt: number,
  ): Promise<Transacted<Answer>> => {
    const decided: Decided<unknown>[] = [];
    for (const each of plan.decisions) decided.push(await each.decide(store, attempt));
    const answer = plan.answer(decided as never);
    const claim = context.claim && (await claimDecision(context, plan.requester, answer).decide(store, 0));
    const streams = appendsOf(claim ? [...decided, claim] : decided, context, identifiers);
    if (streams.length === 0) return noteRepeat(context, { answer, position: lastKnown(decided), repeated: true });
    const { position, repeated } = await store.append({ streams, conditions: plan.require ?? [] });
    const sessionId = sessionOf(context, streams);
    if (sessionId !== null) onAppended(sessionId, typesOf(streams), position);
    return { answer, position, repeated };
  };
  const attemptRepeatedly: Transact = async (context, plan) => {
    const giveUpAt = performance.now() + ATTEMPT_FOR_MS;
    const isLast = (attempt: number) => attempt + 1 >= MAX_ATTEMPTS || performance.now() >= giveUpAt;
    for (let attempt = 0; ; attempt += 1) {
      const earlier = await earlierAnswer(store, context);
      if (earlier) return noteRepeat(context, earlier) as never;
      try {
        return await attemptOnce(context, await plan(attempt), attempt);
      } catch (error) {
        if (!(error instanceof ConcurrencyError) || isLast(attempt)) throw error;
        await jitter(attempt);
      }
    }
  };
  const enqueue = createKeyedQueue(QUEUE_FOR_MS, queueIsTooLong);
  return (context, plan, queue) => {
    const attempting = () => attemptRepeatedly(context, plan);
    return queue === undefined ? attempting() : enqueue(queue, attempting);
  };
};

const claimDecision = (context: CommandContext<UserId | null>, requester: UserId | undefined, answer: object) => {
  const { claim, now, actor } = context;
  const userId = actor ?? requester;
  if (!claim || !userId) throw new Error('there is no idempotency key to claim, or nobody to claim it for');
  const data = { userId, fingerprint: claim.fingerprint, answer: { ...answer }, at: now };
  return decision(request, requestIdOf(claim.stream), { type: 'AcceptRequest', data }, { expectNew: true });
};
