import { idOfStream, type Position, type SessionId, type StreamId, type UserId } from '../../domain/kernel/ids.js';
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

/** The attempts of a command. One of the commands that collide succeeds each time: with eight nodes on a stream, one in eight. */
const MAX_ATTEMPTS = 20;
/** After this time no attempt is made again, so that a slow log does not make the attempts of one command last for minutes. */
const ATTEMPT_FOR_MS = 3_000;
/** The time that a command waits for the commands before it in its queue. */
const QUEUE_FOR_MS = 5_000;

/** What one attempt wants to append: all of its decisions, or nothing, if the conditions hold. */
interface Plan<States extends readonly unknown[], Answer extends object> {
  readonly decisions: { readonly [Index in keyof States]: Decision<States[Index]> };
  readonly require?: readonly StreamCondition[];
  /** The user whose request it is, where nobody is logged in: their key seals what is kept of it. */
  readonly requester?: UserId;
  /** What is answered beside the position. With an idempotency key it is kept in the log. */
  readonly answer: (decided: { readonly [Index in keyof States]: Decided<States[Index]> }) => Answer;
}

/** The result of a command. */
interface Transacted<Answer extends object> {
  readonly answer: Answer;
  /** The position of the last event that was appended, or that was there already when nothing was to do. */
  readonly position: Position;
  /** Whether nothing was appended, because it had been done before. */
  readonly repeated: boolean;
}

/**
 * Plans, decides and appends. It begins again when a stream changed meanwhile. Commands that name the same queue are carried
 * out one after another on this node: at once they would refuse each other until they gave up.
 */
export type Transact = <const States extends readonly unknown[], Answer extends object>(
  context: CommandContext<UserId | null>,
  plan: (attempt: number) => Promise<Plan<States, Answer>>,
  queue?: StreamId,
) => Promise<Transacted<Answer>>;

/** Waits for a short random time, so that commands that collided do not collide again. */
export type Jitter = (attempt: number) => Promise<void>;

const metadataOf = (context: CommandContext<UserId | null>): EventMetadata => ({
  commandId: context.commandId,
  correlationId: context.correlationId,
  causationId: context.causationId,
  actorId: context.actor,
  sessionId: context.sessionId,
  recordedAt: context.now,
});

/** Answers what an idempotency key was answered before, if it was used. */
const earlierAnswer = async (store: EventStore, { claim }: Pick<CommandContext, 'claim'>) => {
  if (!claim) return undefined;
  const loaded = await load(store, request, idOfStream(claim.stream));
  if (loaded.state.status !== 'accepted') return undefined;
  requireSameRequest(claim.fingerprint, loaded.state.fingerprint);
  return { answer: loaded.state.answer, position: loaded.lastPosition ?? LOG_START, repeated: true };
};

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
    .map(({ loaded, expected = loaded.revision, facts, hidesActor }) => ({
      streamId: loaded.streamId,
      expected,
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
 * Called with what was appended for a session. It is called for a repeat too, without types: this node may not know of the
 * first time, and the session takes it for its own write all the same.
 */
export type OnAppended = (sessionId: SessionId, types: ReadonlySet<string> | null, position: Position) => void;

const SESSION_PREFIX = `${session.category}-`;

/** Answers the session that a command came from, or, where it came from none, the one that it starts or refreshes. */
const sessionOf = (context: CommandContext<UserId | null>, streams: readonly StreamAppend[]): SessionId | null => {
  const own = streams.find(({ streamId }) => streamId.startsWith(SESSION_PREFIX));
  return context.sessionId ?? ((own ? idOfStream(own.streamId) : null) as SessionId | null);
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
  return decision(request, idOfStream(claim.stream), { type: 'AcceptRequest', data }, { expectNew: true });
};
