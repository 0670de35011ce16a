import type { NewEvent, StreamAppend } from '../../src/application/ports/event-store.js';
import type { CommandId, EventId, Position, StreamId, UserId } from '../../src/domain/kernel/ids.js';
import { at, positionOf } from './ids.js';
import type { Fact } from './projections.js';

type Data = Readonly<Record<string, string>>;

const byType: readonly (readonly [RegExp, (data: Data) => string])[] = [
  [/^(Conversation|Member)/, ({ conversationId }) => `conversation-${conversationId}`],
  [/^Message(Sent|Edited|Deleted)$/, ({ messageId }) => `message-${messageId}`],
  [/^Reaction/, ({ messageId, userId }) => `reaction-${messageId}-${userId}`],
  [/^Message(Pinned|Unpinned)$/, ({ conversationId }) => `pins-${conversationId}`],
  [/^PreferencesChanged$/, ({ conversationId, userId }) => `preferences-${conversationId}-${userId}`],
  [/^MessageRead$/, ({ conversationId, userId }) => `reading-${conversationId}-${userId}`],
  [/^MessagesDelivered$/, ({ conversationId, userId }) => `delivery-${conversationId}-${userId}`],
  [/^Session(Started|Refreshed|Ended)$/, ({ sessionId }) => `session-${sessionId}`],
  [/./, ({ userId }) => `user-${userId}`],
];

/** Answers the stream in which the server appends such a fact. */
const streamOfFact = ({ type, data }: Fact): StreamId =>
  (byType.find(([form]) => form.test(type))?.[1](data as Data) ?? '') as StreamId;

const eventId = (n: number): EventId => `01900000-0063-7000-8000-${n.toString(16).padStart(12, '0')}` as EventId;

/** Makes the append of a fact as the server does: in its stream, by whoever acts, a second after the one before it. */
export const appendOf = (fact: Fact, n: number): StreamAppend => {
  const { senderId, userId } = fact.data as { readonly senderId?: UserId; readonly userId?: UserId };
  const commandId = eventId(n) as string as CommandId;
  const metadata: NewEvent['metadata'] = {
    ...{ commandId, correlationId: commandId, causationId: commandId, sessionId: null, recordedAt: at(n) },
    actorId: senderId ?? userId ?? null,
  };
  return { streamId: streamOfFact(fact), expected: 'any', events: [{ ...fact, eventId: eventId(n), metadata }] };
};

/** Reading and delivery name the position of a message: it is another one where facts come between. */
const moved = (fact: Fact, positions: readonly Position[]): Fact => {
  const { messagePosition } = fact.data as { readonly messagePosition?: Position };
  if (messagePosition === undefined) return fact;
  return { ...fact, data: { ...fact.data, messagePosition: positions[Number(messagePosition) - 1] } };
};

const isOfUser = ({ data }: Fact, userIds: ReadonlySet<unknown>): boolean => {
  const { userId, contactId, blockedId } = data as Data;
  return [userId, contactId, blockedId].some((each) => userIds.has(each));
};

/**
 * Puts what users do to themselves between what they do in conversations, so many at a time by turns, and leaves out what nobody does once
 * they are erased.
 */
export const interwoven = (people: readonly Fact[], chat: readonly Fact[], turns: readonly number[]): Fact[] => {
  const woven: Fact[] = [];
  const positions: Position[] = [];
  const erased = new Set<unknown>();
  const addOfUser = (fact: Fact): void => {
    if (isOfUser(fact, erased)) return;
    if (fact.type === 'UserErased') erased.add((fact.data as Data)['userId']);
    woven.push(fact);
  };
  const [mine, theirs] = [[...people], [...chat]];
  const registered = mine.filter(({ type }) => type === 'UserRegistered').length;
  for (const fact of mine.splice(0, registered)) addOfUser(fact);
  for (let turn = 0; mine.length + theirs.length > 0; turn += 1) {
    for (const fact of mine.splice(0, turns[turn % turns.length])) addOfUser(fact);
    for (const fact of theirs.splice(0, turns[(turn + 1) % turns.length])) {
      positions.push(positionOf(woven.length + 1));
      if (fact.type === 'UserErased') addOfUser(fact);
      else woven.push(moved(fact, positions));
    }
  }
  return woven;
};
