import { auditCall, type AuditCallCommands } from '../../domain/audit/decider.js';
import type { AuditStreamEnd } from '../../domain/audit/events.js';
import type { CommandOf } from '../../domain/kernel/fact.js';
import type { AuditCallId, UserId } from '../../domain/kernel/ids.js';
import { Rejection } from '../../domain/kernel/rejections.js';
import { decision, decisionInAnyOrder } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';
import type { Clock } from '../ports/clock.js';
import type { StreamCondition } from '../ports/event-store.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { SessionDenylist } from '../ports/session-denylist.js';
import { factsOf, namedIn, recordingContext, type AuditCall, type AuditContext } from './audit-call.js';

/** A piece of a long answer. */
export interface AuditedPart {
  readonly content: Uint8Array;
  readonly results: number;
  /** The users of whom it shows something. */
  readonly userIds: Iterable<UserId>;
}

/** Makes the pieces of an answer. The signal is given once it has ended, however that was. */
export type MakeParts = (signal: AbortSignal) => AsyncIterable<AuditedPart> | Promise<AsyncIterable<AuditedPart>>;

export interface AuditedStreamParts {
  readonly transact: Transact;
  readonly identifiers: Pick<Identifiers, 'newCommandId'>;
  readonly clock: Clock;
  readonly denylist: Pick<SessionDenylist, 'onEnd'>;
  /** It is given when the server stops. */
  readonly stopping: AbortSignal;
  /** Called with a stream whose end could not be recorded: its reader may be gone, and then nobody else is told. */
  readonly onUnrecorded?: ((callId: AuditCallId, end: AuditStreamEnd, error: unknown) => void) | undefined;
  /** Requires the right to go on; answers its conditions. */
  readonly require: () => Promise<readonly StreamCondition[]>;
}

/** The users that one stream remembers to have named. Beyond that it begins anew, and names some of them again. */
const MOST_REMEMBERED = 100_000;

/** Ends a stream early, for one of these reasons. */
class StreamEnded extends Error {
  override readonly name = 'StreamEnded';

  constructor(readonly end: AuditStreamEnd) {
    super(end);
  }
}

const endOf = (error: unknown): AuditStreamEnd => {
  if (error instanceof StreamEnded) return error.end;
  return error instanceof Rejection ? 'right_lost' : 'failed';
};

/**
 * A long answer that is recorded: that it begins, whom it shows, and how it has ended. It is an iterator of its own and no
 * generator: one that nobody has begun to read, or that waits for its next piece, is ended by its reader all the same.
 */
export class AuditedStream implements AsyncIterableIterator<Uint8Array> {
  readonly #parts: AuditedStreamParts;
  readonly #call: AuditCall;
  readonly #context: AuditContext;
  readonly #named = new Set<UserId>();
  readonly #ending = new AbortController();
  #release = (): void => undefined;
  #iterator: AsyncIterator<AuditedPart> | undefined;
  #results = 0;
  #finished: Promise<void> | undefined;

  constructor(parts: AuditedStreamParts, call: AuditCall, context: AuditContext) {
    this.#parts = parts;
    this.#call = call;
    this.#context = context;
  }

  /** Makes its pieces, and records that it begins. */
  async start(makeParts: MakeParts): Promise<void> {
    this.#watch(); // Parts can take seconds to make: what ends meanwhile is told in place of the first of them.
    try {
      const parts = await makeParts(this.#ending.signal);
      await this.#recordStart();
      this.#iterator = parts[Symbol.asyncIterator]();
    } catch (error) {
      this.#release();
      this.#ending.abort(error);
      throw error;
    }
  }

  async #recordStart(): Promise<void> {
    const { transact, require } = this.#parts;
    const facts = factsOf(this.#call, this.#context);
    const userIds = this.#notNamed(namedIn(this.#call.filter));
    const data = { ...facts, userIds, at: this.#context.now };
    await transact(this.#context, async () => ({
      decisions: [decision(auditCall, facts.callId, { type: 'StartStream', data }, { expectNew: true })],
      require: await require(),
      answer: () => ({}),
    }));
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#finished) return this.#end('complete');
    try {
      return await this.#next();
    } catch (error) {
      const end = endOf(error);
      const ended = await this.#end(end);
      // An answer that is not whole is cut off, so that no client takes it for whole.
      if (end === 'client_left' || (this.#call.isEndless && end !== 'failed')) return ended;
      throw error;
    }
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    const part = await this.#iterator?.next();
    this.#requireGoingOn();
    if (!part || part.done === true) return this.#end('complete');
    await this.#name(part.value.userIds);
    this.#requireGoingOn();
    this.#results += part.value.results;
    return { done: false, value: part.value.content };
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    return this.#end('client_left');
  }

  async throw(): Promise<IteratorResult<Uint8Array>> {
    return this.#end('client_left');
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Ends it when the server stops, or when the session of the auditor has ended. */
  #watch(): void {
    const { stopping, denylist } = this.#parts;
    const { actor, sessionId } = this.#context;
    const stop = () => this.#ending.abort(new StreamEnded('server_stopped'));
    stopping.addEventListener('abort', stop);
    if (stopping.aborted) stop();
    const forget = denylist.onEnd((userId, ended) => {
      // Where all sessions but one have ended, this may be that one: its reader begins anew behind the last position.
      if ((ended !== null && ended === sessionId) || (userId !== null && userId === actor))
        this.#ending.abort(new StreamEnded('right_lost'));
    });
    this.#release = () => {
      stopping.removeEventListener('abort', stop);
      forget();
    };
  }

  /** What has no end of its own ends with the token that it was asked for with, as a socket does. */
  #requireGoingOn(): void {
    this.#ending.signal.throwIfAborted();
    const { tokenEndsAt } = this.#context;
    if (this.#call.isEndless && tokenEndsAt !== undefined && this.#parts.clock() >= tokenEndsAt)
      throw new StreamEnded('right_lost');
  }

  /** Answers which of these users were not named yet, and remembers them. */
  #notNamed(userIds: Iterable<UserId>): UserId[] {
    if (this.#named.size > MOST_REMEMBERED) this.#named.clear();
    const before = this.#named.size;
    for (const userId of userIds) this.#named.add(userId);
    // A set keeps the order in which its items were added.
    return this.#named.size === before ? [] : [...this.#named].slice(before);
  }

  /** Requires the right to see the next piece, and records of whom it shows something for the first time. */
  async #name(shown: Iterable<UserId>): Promise<void> {
    const conditions = await this.#parts.require();
    const userIds = this.#notNamed(shown);
    if (userIds.length === 0) return;
    const { callId, auditorId } = factsOf(this.#call, this.#context);
    const at = this.#parts.clock();
    await this.#record({ type: 'NameUsers', data: { callId, auditorId, userIds, at } }, async (attempt) =>
      attempt === 0 ? conditions : this.#parts.require(),
    );
  }

  #end(end: AuditStreamEnd): Promise<IteratorResult<Uint8Array>> {
    this.#finished ??= this.#finish(end);
    return this.#finished.then(() => ({ done: true, value: undefined }));
  }

  async #finish(end: AuditStreamEnd): Promise<void> {
    this.#release();
    this.#ending.abort(new StreamEnded(end));
    // It may be waiting for an event that never comes: nobody waits for that.
    void this.#iterator?.return?.().catch(() => undefined);
    const { callId, auditorId } = factsOf(this.#call, this.#context);
    const data = { callId, auditorId, results: this.#results, end, at: this.#parts.clock() };
    try {
      await this.#record({ type: 'EndStream', data }, async () => []);
    } catch (error) {
      this.#parts.onUnrecorded?.(callId, end, error);
      throw error;
    }
  }

  async #record(
    command: CommandOf<AuditCallCommands>,
    require: (attempt: number) => Promise<readonly StreamCondition[]>,
  ): Promise<void> {
    const { transact, identifiers, clock } = this.#parts;
    const context = { ...recordingContext(this.#context, identifiers), now: clock() };
    await transact(context, async (attempt) => ({
      decisions: [decisionInAnyOrder(auditCall, factsOf(this.#call, this.#context).callId, command)],
      require: await require(attempt),
      answer: () => ({}),
    }));
  }
}
