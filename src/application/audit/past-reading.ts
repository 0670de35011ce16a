import {
  streamOf,
  type ConversationId,
  type Instant,
  type Position,
  type StreamId,
  type UserId,
} from '../../domain/kernel/ids.js';
import { laterOf, LOG_START } from '../../domain/kernel/position.js';
import { reading } from '../../domain/reading/decider.js';
import type { ReadingEvents } from '../../domain/reading/events.js';
import type { SentCount, SentPlace } from '../ports/past-index.js';
import { receiptVisibleTo } from '../reading/receipt-visibility.js';
import type { Past, ReadableEvent } from './past.js';
import type { PastConversation } from './past-conversation.js';
import type { PastUser } from './past-users.js';

/** How far a member had come. */
export interface PastReading {
  /** The last message that they had read; null before the first. */
  readonly last: SentPlace | null;
  readonly unreadCount: number;
  /** When they had said so last; null where they had not, and had read by sending or joining alone. */
  readonly readAt: Instant | null;
}

type Readings = ReadonlyMap<UserId, PastReading>;

/** How far the members of a conversation had come. */
export interface PastReadings {
  /** The messages that there were. */
  readonly sent: SentCount;
  /** As they themselves saw it. */
  readonly own: Readings;
  /** As a viewer was shown it; without one, the same. */
  readonly shown: Readings;
}

/** Who looks, and what they and others showed. */
export interface Onlooker {
  readonly viewer: UserId | undefined;
  readonly users: ReadonlyMap<UserId, PastUser>;
}

type Read = ReadingEvents['MessageRead'];

/** What a member had read up to, and when they had said so. */
interface Mark {
  readonly userId: UserId;
  readonly position: Position;
  readonly readAt: Instant | null;
}

const streamOfMember = (conversationId: ConversationId, userId: UserId): StreamId =>
  streamOf(reading.category, `${conversationId}-${userId}`);

const readOf = ({ data }: ReadableEvent): Read => data as Read;

/** The state of reading follows from the last event alone. */
const markOf = (userId: UserId, read: Read | undefined, ...atLeast: readonly (Position | undefined)[]): Mark => {
  const { readUpTo } = read ? reading.evolve.MessageRead({ ...reading.initial }, read) : reading.initial;
  const position = atLeast.reduce<Position>((one, other = LOG_START) => laterOf(one, other), readUpTo);
  return { userId, position, readAt: read?.readAt ?? null };
};

/** Answers the last reading that a member showed: where the last one is hidden, all of theirs are looked through. */
const shownRead = async (past: Past, streamId: StreamId, last: Read | undefined): Promise<Read | undefined> => {
  if (!last || receiptVisibleTo(last) === null) return last;
  const all = await past.events({ streams: [streamId] });
  return all.map(readOf).findLast((read) => receiptVisibleTo(read) === null);
};

/** Answers the members whose reading a viewer was shown: who showed no receipts was shown none of others. */
const showing = ({ members }: PastConversation, { viewer, users }: Onlooker): UserId[] => {
  const isHiding = (userId: UserId | undefined) =>
    userId !== undefined && users.get(userId)?.state.settings.readReceipts === false;
  if (isHiding(viewer)) return [];
  return members.map(({ userId }) => userId).filter((userId) => userId !== viewer && !isHiding(userId));
};

/** Answers what marks mean: the last message before each, and how many there were behind it. */
const readingsOf = (marks: readonly Mark[], counts: readonly SentCount[], sent: SentCount): Map<UserId, PastReading> =>
  new Map(
    marks.map(({ userId, readAt }, index) => {
      const { messages = 0, last = null } = counts[index] ?? {};
      return [userId, { last, unreadCount: sent.messages - messages, readAt }];
    }),
  );

/** Reads how far the members of a conversation had come: by reading, by sending, and by joining behind what came before. */
export const pastReadings = async (
  past: Past,
  conversation: PastConversation,
  onlooker: Onlooker,
): Promise<PastReadings> => {
  const { conversationId, members } = conversation;
  const streams = members.map(({ userId }) => streamOfMember(conversationId, userId));
  const [reads, sentBy] = await Promise.all([past.lastEvents(streams), past.lastSentBy(conversationId)]);
  const lastReads = new Map(reads.map((event) => [event.streamId, readOf(event)]));
  const lastRead = (userId: UserId) => lastReads.get(streamOfMember(conversationId, userId));
  const own = members.map(({ userId, joinedPosition }) =>
    markOf(userId, lastRead(userId), joinedPosition, sentBy.get(userId)),
  );
  const { viewer } = onlooker;
  const shown = await Promise.all(
    (viewer === undefined ? [] : showing(conversation, onlooker)).map(async (userId) => {
      const read = await shownRead(past, streamOfMember(conversationId, userId), lastRead(userId));
      return markOf(userId, read, sentBy.get(userId));
    }),
  );
  const positions = [...own, ...shown].map(({ position }) => position);
  const [sent = { messages: 0, last: null }, ...counts] = await past.countSent(conversationId, [
    past.upTo,
    ...positions,
  ]);
  const ofOwn = readingsOf(own, counts, sent);
  if (viewer === undefined) return { sent, own: ofOwn, shown: ofOwn };
  const ofShown = readingsOf(shown, counts.slice(own.length), sent);
  const ofViewer = ofOwn.get(viewer);
  return { sent, own: ofOwn, shown: ofViewer ? ofShown.set(viewer, ofViewer) : ofShown };
};
