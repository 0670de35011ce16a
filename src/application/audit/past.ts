import {
  idOfStream,
  streamOf,
  type ConversationId,
  type MessageId,
  type Position,
  type StreamId,
  type UserId,
} from '../../domain/kernel/ids.js';
import { comparePositions, earlierOf, hasReached, laterOf, LOG_START } from '../../domain/kernel/position.js';
import { user } from '../../domain/users/decider.js';
import { ProjectionLaggingError } from '../kernel/read-your-writes.js';
import type { AuditedEvent, AuditedLog } from '../ports/audited-log.js';
import {
  JOINING_TYPES,
  type ConcerningQuery,
  type ConversationPlace,
  type EventPlace,
  type PastIndex,
  type SentCount,
  type SentPlace,
  type StreamsQuery,
} from '../ports/past-index.js';

export interface PastParts {
  readonly log: AuditedLog;
  readonly pastIndex: PastIndex;
}

/** The most events that are read of what the index does not have yet: beyond that it is waited for. */
const MOST_UNINDEXED = 5_000;

/** So many events are read at a time: messages can have any number of edits, and of reactions. */
const READ_AT_ONCE = 500;

/** An event that can be read. */
export type ReadableEvent = AuditedEvent & { readonly data: object };

const isReadable = (event: AuditedEvent): event is ReadableEvent => event.data !== null;

/** Says whether an event moves a conversation to the top of a list, or brings it there. */
const isActivity = (type: string): boolean => type === 'MessageSent' || JOINING_TYPES.includes(type);

const isOf = ({ streams = [], prefixes = [], types }: StreamsQuery) => {
  const named = new Set(streams);
  return ({ streamId, type }: AuditedEvent): boolean =>
    (types?.some((each) => each === type) ?? true) &&
    (named.has(streamId) || prefixes.some((prefix) => streamId.startsWith(prefix)));
};

const lastOfEach = (places: readonly EventPlace[]): EventPlace[] => [
  ...new Map(places.map((place) => [place.streamId, place])).values(),
];

const sentPlaceOf = ({ position, streamId }: EventPlace): SentPlace => ({
  position,
  messageId: idOfStream(streamId) as MessageId,
});

/** Joins places, of which both parts are in the order of the log, each once: what was left out may have come into the index meanwhile. */
const inOrder = <Place extends { readonly position: Position }>(
  indexed: readonly Place[],
  others: readonly Place[],
): readonly Place[] => {
  if (others.length === 0) return indexed; // as a rule: thousands are not sorted again
  const byPosition = new Map([...indexed, ...others].map((place) => [place.position, place]));
  return [...byPosition.values()].sort((one, other) => comparePositions(one.position, other.position));
};

/** Notes where somebody, or something, was active: the last position counts. */
const noteActivity = <Id>(places: Map<Id, Position>, id: Id, position: Position): void => {
  places.set(id, laterOf(places.get(id) ?? LOG_START, position));
};

const laterPlace = (one: SentPlace | null, other: SentPlace | null): SentPlace | null =>
  one && (!other || hasReached(one.position, other.position)) ? one : other;

/**
 * The log as it was at a moment: the events up to a position, found by the index as far as that has come, and in the log behind
 * that. It is opened for one answer, and remembers what of that cannot be decoded.
 */
export class Past {
  /** The last event that had happened then. */
  readonly upTo: Position;
  readonly #parts: PastParts;
  readonly #indexed: Position;
  /** What the index does not have, up to the end of the log: what is behind it, and what it has left out. */
  readonly #tail: ReadonlyMap<Position, AuditedEvent>;
  readonly #head: Position;
  readonly #undecodable = new Set<Position>();

  constructor(parts: PastParts, { upTo, indexed, head, tail }: Present & Pick<Past, 'upTo'>) {
    this.#parts = parts;
    this.upTo = upTo;
    this.#indexed = indexed;
    this.#head = head;
    this.#tail = new Map(tail.map((event) => [event.position, event]));
  }

  /** The events that would be part of the answer, and cannot be decoded. */
  undecodable(): Position[] {
    return [...this.#undecodable].sort(comparePositions);
  }

  /** Says whether a position is that of an event that had happened then; nothing has none. */
  has(position: Position | undefined): boolean {
    return position !== undefined && hasReached(this.upTo, position);
  }

  /** Lists where the events of streams stand, in the order of the log. */
  places(query: StreamsQuery): Promise<readonly EventPlace[]> {
    return this.#places(query, this.upTo);
  }

  /** Reads the events of streams, in the order of the log. */
  async events(query: StreamsQuery): Promise<readonly ReadableEvent[]> {
    return this.#readAt(await this.places(query));
  }

  /** Reads the last event of each of these streams that had one. */
  async lastEvents(streams: readonly StreamId[]): Promise<readonly ReadableEvent[]> {
    const { pastIndex } = this.#parts;
    const found = streams.length === 0 ? [] : await pastIndex.lastInStreams(streams, this.#end(this.upTo));
    return this.#readAt(lastOfEach(inOrder(found, this.#inTail({ streams }, this.upTo))));
  }

  /** Answers when these users were erased, also those who were erased later: what they wrote is gone from the past too. */
  async erasures(userIds: Iterable<UserId>): Promise<ReadonlyMap<UserId, Position>> {
    const streams = [...new Set(userIds)].map((userId) => streamOf(user.category, userId));
    const places = await this.#places({ streams, types: ['UserErased'] }, this.#head);
    return new Map(places.map(({ streamId, position }) => [idOfStream(streamId) as UserId, position]));
  }

  /** Lists the events of a conversation that concern a user, behind a position. */
  async concerning(query: ConcerningQuery): Promise<readonly EventPlace[]> {
    const { userId, conversationId, types, after } = query;
    const found = await this.#parts.pastIndex.concerning(query, this.#end(this.upTo));
    const newest = [...this.#tail.values()].filter(
      (event) =>
        event.conversationId === conversationId &&
        event.userIds.includes(userId) &&
        types.some((type) => type === event.type) &&
        hasReached(this.upTo, event.position) &&
        !hasReached(after, event.position),
    );
    return inOrder(found, newest);
  }

  /** Lists the messages of a conversation that were sent up to a position, the newest first. */
  async sent(conversationId: ConversationId, upTo: Position, limit: number): Promise<readonly SentPlace[]> {
    const indexed = await this.#parts.pastIndex.sent(conversationId, this.#end(upTo), limit);
    return inOrder(indexed.toReversed(), this.#sentInTail(conversationId, upTo)).toReversed().slice(0, limit);
  }

  /** Counts the messages of a conversation up to each of these positions. */
  async countSent(conversationId: ConversationId, upTo: readonly Position[]): Promise<readonly SentCount[]> {
    const ends = upTo.map((each) => this.#end(each));
    const indexed = await this.#parts.pastIndex.countSent(conversationId, ends);
    return upTo.map((end, index) => {
      const newest = this.#sentInTail(conversationId, end);
      const { messages = 0, last = null } = indexed[index] ?? {};
      return { messages: messages + newest.length, last: laterPlace(last, newest.at(-1) ?? null) };
    });
  }

  /** Lists the conversations into which a user may have come by then, the one that was active last first. */
  async conversationsOf(userId: UserId): Promise<readonly ConversationPlace[]> {
    const newest = this.#newest(({ type }) => isActivity(type));
    const joined = newest.filter(({ type, userIds }) => JOINING_TYPES.includes(type) && userIds.includes(userId));
    const others = [...new Set(joined.flatMap(({ conversationId }) => conversationId ?? []))];
    const found = await this.#parts.pastIndex.conversationsOf(userId, others, this.#end(this.upTo));
    const places = new Map(found.map(({ conversationId, position }) => [conversationId, position]));
    const isListed = (id: ConversationId) => places.has(id) || others.includes(id);
    for (const { type, conversationId, position } of newest)
      if (type !== 'MemberAdded' && conversationId !== null && isListed(conversationId))
        noteActivity(places, conversationId, position);
    // Of one whose beginning is left out the index does not answer where it was active.
    const known = new Set(found.map(({ conversationId }) => conversationId));
    for (const id of others.filter((each) => !known.has(each) && places.has(each)))
      for (const { position } of await this.sent(id, this.upTo, 1)) noteActivity(places, id, position);
    return Array.from(places, ([conversationId, position]) => ({ conversationId, position })).sort((one, other) =>
      comparePositions(other.position, one.position),
    );
  }

  /** Answers where each user had sent their last message of a conversation. */
  async lastSentBy(conversationId: ConversationId): Promise<ReadonlyMap<UserId, Position>> {
    const found = await this.#parts.pastIndex.lastSentBy(conversationId, this.#end(this.upTo));
    const newest = this.#sentInTail(conversationId, this.upTo).flatMap(({ position }) => {
      const actorId = this.#tail.get(position)?.actorId ?? null;
      return actorId === null ? [] : [[actorId, position] as const];
    });
    const last = new Map(found);
    for (const [userId, position] of newest) noteActivity(last, userId, position);
    return last;
  }

  /** Answers the end of what the index is asked for. */
  #end(upTo: Position): Position {
    return earlierOf(upTo, this.#indexed);
  }

  /** Answers what the index does not have and can be read, up to the moment, in the order of the log. */
  #newest(fits: (event: AuditedEvent) => boolean): AuditedEvent[] {
    return [...this.#tail.values()].filter(
      (event) => hasReached(this.upTo, event.position) && isReadable(event) && fits(event),
    );
  }

  #inTail(query: StreamsQuery, upTo: Position): AuditedEvent[] {
    const fits = isOf(query);
    return [...this.#tail.values()].filter((event) => hasReached(upTo, event.position) && fits(event));
  }

  #sentInTail(conversationId: ConversationId, upTo: Position): SentPlace[] {
    const isSent = (event: AuditedEvent) => event.type === 'MessageSent' && event.conversationId === conversationId;
    const isPast = ({ position }: AuditedEvent) => hasReached(upTo, position);
    return [...this.#tail.values()]
      .filter((event) => isPast(event) && isReadable(event) && isSent(event))
      .map(sentPlaceOf);
  }

  async #places(query: StreamsQuery, upTo: Position): Promise<readonly EventPlace[]> {
    const { streams = [], prefixes = [] } = query;
    if (streams.length + prefixes.length === 0) return [];
    const found = await this.#parts.pastIndex.inStreams(query, this.#end(upTo));
    return inOrder(found, this.#inTail(query, upTo));
  }

  async #readAt(places: readonly EventPlace[]): Promise<readonly ReadableEvent[]> {
    const positions = places.map(({ position }) => position);
    const unread = positions.filter((position) => !this.#tail.has(position));
    const stored: AuditedEvent[] = [];
    for (let at = 0; at < unread.length; at += READ_AT_ONCE)
      stored.push(...(await this.#parts.log.at(unread.slice(at, at + READ_AT_ONCE))));
    const fromTail = positions.flatMap((position) => this.#tail.get(position) ?? []);
    const events = [...stored, ...fromTail].sort((one, other) => comparePositions(one.position, other.position));
    for (const event of events) if (!isReadable(event)) this.#undecodable.add(event.position);
    return events.filter(isReadable);
  }
}

/** The log and its index as they are now. */
export interface Present {
  readonly head: Position;
  readonly indexed: Position;
  /** What the index does not have, up to the end of the log, in its order. */
  readonly tail: readonly AuditedEvent[];
}

/** Reads what the index does not have yet. Raises `ProjectionLaggingError` where that is too much to be read. */
export const readPresent = async ({ log, pastIndex }: PastParts): Promise<Present> => {
  const reached = await pastIndex.reached();
  const head = await log.head();
  const indexed = earlierOf(reached, head);
  const [behind, leftOut] = await Promise.all([
    hasReached(indexed, head) ? [] : log.first({ after: indexed, upTo: head }, MOST_UNINDEXED),
    pastIndex.leftOut(indexed, MOST_UNINDEXED),
  ]);
  if (behind.length === MOST_UNINDEXED)
    throw new ProjectionLaggingError(`the index of events has reached ${indexed}, and the log ${head}`);
  if (leftOut.length === MOST_UNINDEXED)
    throw new ProjectionLaggingError('the index of events has left out too many: apply them again');
  const parked = leftOut.length === 0 ? [] : await log.at(leftOut);
  return { head, indexed, tail: [...parked, ...behind] };
};
