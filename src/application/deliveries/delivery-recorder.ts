import type { Position, UserId } from '../../domain/kernel/ids.js';
import { laterOf, LOG_START } from '../../domain/kernel/position.js';
import { grouped } from '../kernel/grouped.js';
import type { Clock } from '../ports/clock.js';
import type { ArrivalState, DeliveryViews } from '../ports/delivery-views.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { MessageView } from '../ports/message-views.js';
import type { Delivered, MarkDelivered } from './mark-delivered.js';
import { WaitingArrivals, type WaitingArrival } from './waiting-arrivals.js';

/** The arrivals that wait at most, of some 300 bytes each. */
const MOST_WAITING = 100_000;
/** So many users' appends are under way at a time: they go into few commits, and leave room for the appends of others. */
const AT_ONCE = 64;
/** After so many rounds an arrival is dropped whose message the read model still does not show: it may be parked. */
const MOST_TRIES = 30;

/** A message as somebody has got it. */
type Got = Pick<MessageView, 'conversationId' | 'messageId' | 'seq'>;

export interface DeliveryRecorderParts {
  readonly views: DeliveryViews;
  readonly mark: MarkDelivered;
  readonly identifiers: Identifiers;
  readonly clock: Clock;
  readonly most?: number;
}

/**
 * Records what has come to users' devices, in rounds a second apart: at most one append a user and round, of the newest message of
 * each conversation. What they have read by then needs no record. It is in nobody's way: whoever notes an arrival goes on at
 * once. What is lost with the server is made good by the next message, by reading, or by the client's resume.
 */
export class DeliveryRecorder {
  readonly #parts: DeliveryRecorderParts;
  /** What is recorded by the next round, and what was fetched since the last one, and may be read within its second. */
  readonly #due: WaitingArrivals;
  readonly #fetched: WaitingArrivals;
  readonly #resumed = new Map<UserId, Position>();
  #isRecording = false;

  constructor(parts: DeliveryRecorderParts) {
    this.#parts = parts;
    this.#due = new WaitingArrivals(parts.most ?? MOST_WAITING);
    this.#fetched = new WaitingArrivals(parts.most ?? MOST_WAITING);
  }

  /** Notes that a user's device has answered behind a message that was pushed to it. */
  answered(userId: UserId, message: Got): void {
    this.#due.add({ userId, ...placeOf(message), tries: 0 });
  }

  /** Notes that a user has fetched messages. */
  fetched(userId: UserId, messages: readonly Got[]): void {
    for (const message of messages) this.#fetched.add({ userId, ...placeOf(message), tries: 0 });
  }

  /** Notes that a user's client says that it has handled everything up to a position. */
  handled(userId: UserId, position: Position): void {
    this.#resumed.set(userId, laterOf(position, this.#resumed.get(userId) ?? LOG_START));
  }

  /** Records what is due. A round that comes while one is under way does nothing. Throws what kept it from it; it is tried again. */
  async record(): Promise<void> {
    if (this.#isRecording) return;
    this.#isRecording = true;
    try {
      await this.#findHandled();
      await this.#recordAll(this.#due.take());
      for (const arrival of this.#fetched.take()) this.#due.add(arrival);
    } finally {
      this.#isRecording = false;
    }
  }

  async #findHandled(): Promise<void> {
    const places = [...this.#resumed].map(([userId, position]) => ({ userId, position }));
    if (places.length === 0) return;
    this.#resumed.clear();
    try {
      for (const arrival of await this.#parts.views.unreadUpTo(places)) this.#due.add({ ...arrival, seq: 0, tries: 0 });
    } catch (error) {
      for (const { userId, position } of places) this.handled(userId, position);
      throw error;
    }
  }

  async #recordAll(arrivals: readonly WaitingArrival[]): Promise<void> {
    if (arrivals.length === 0) return;
    const unrecorded = new Set(arrivals);
    try {
      const states = await this.#parts.views.statesOf(arrivals);
      const found = arrivals.map((arrival, index) => ({ ...arrival, arrival, state: states[index] as ArrivalState }));
      for (const { arrival, state } of found) {
        if (state.isNew) continue;
        unrecorded.delete(arrival);
        if (state.sentPosition === undefined && arrival.tries < MOST_TRIES)
          this.#due.add({ ...arrival, tries: arrival.tries + 1 });
      }
      const users = [
        ...grouped(
          found.filter(({ state }) => state.isNew),
          ({ userId }) => userId,
        ),
      ];
      for (let first = 0; first < users.length; first += AT_ONCE)
        await Promise.all(
          users.slice(first, first + AT_ONCE).map(async ([userId, messages]) => {
            await this.#mark(
              userId,
              messages.map(({ conversationId, messageId, state: { sentPosition: messagePosition = LOG_START } }) => ({
                conversationId,
                messageId,
                messagePosition,
              })),
            );
            for (const { arrival } of messages) unrecorded.delete(arrival);
          }),
        );
    } finally {
      for (const arrival of unrecorded) this.#due.add(arrival);
    }
  }

  async #mark(userId: UserId, delivered: readonly Delivered[]): Promise<void> {
    const { mark, identifiers, clock } = this.#parts;
    const commandId = identifiers.newCommandId();
    const ids = { commandId, correlationId: commandId, causationId: commandId };
    // The devices of a user are not told apart, so that it is no session's write.
    await mark(delivered, { ...ids, actor: userId, sessionId: null, now: clock(), address: '', claim: null });
  }
}

const placeOf = ({ conversationId, messageId, seq }: Got): Got => ({ conversationId, messageId, seq });
