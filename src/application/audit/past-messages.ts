import { streamOf, type MessageId, type StreamId, type UserId } from '../../domain/kernel/ids.js';
import { message } from '../../domain/messages/decider.js';
import type { MessageEvents } from '../../domain/messages/events.js';
import type { OriginalMessage } from '../../domain/messages/state.js';
import { reaction, reactionsId } from '../../domain/reactions/decider.js';
import type { ReactionEvents } from '../../domain/reactions/events.js';
import { grouped } from '../kernel/grouped.js';
import type { Past, ReadableEvent } from './past.js';
import { pastMessageView, type PastMessageView } from './past-message.js';

/** A message, and its ordinal in its conversation. */
export interface NumberedMessage {
  readonly messageId: MessageId;
  readonly seq: number;
}

/** The events of a message and of the reactions to it, and how it was sent. */
interface MessageHistory {
  readonly events: readonly ReadableEvent[];
  readonly original: OriginalMessage;
}

const streamOfMessage = (messageId: MessageId): StreamId => streamOf(message.category, messageId);

/** The beginning of the streams of all reactions to a message. */
const reactionsTo = (messageId: MessageId): string => streamOf(reaction.category, reactionsId(messageId, '' as UserId));

/** Answers the history of a message; undefined where nothing tells that it was sent. */
const historyOf = (events: readonly ReadableEvent[]): MessageHistory | undefined => {
  const sent = events.find(({ type }) => type === 'MessageSent');
  return sent && { events, original: sent.data as MessageEvents['MessageSent'] };
};

/** Answers who wrote a message, and who reacted to it. */
const usersOf = ({ original, events }: MessageHistory): UserId[] => [
  original.senderId,
  ...events.flatMap(({ type, data }) =>
    type === 'ReactionAdded' ? [(data as ReactionEvents['ReactionAdded']).userId] : [],
  ),
];

/** Answers which of these messages had been deleted. */
const deletedOf = async (past: Past, messageIds: readonly MessageId[]): Promise<ReadonlySet<StreamId>> => {
  const places = await past.places({ streams: messageIds.map(streamOfMessage), types: ['MessageDeleted'] });
  return new Set(places.map(({ streamId }) => streamId));
};

/** Answers messages as they were, in the order in which they are given, without those that cannot be read. */
export const pastMessages = async (past: Past, wanted: readonly NumberedMessage[]): Promise<PastMessageView[]> => {
  const messageIds = wanted.map(({ messageId }) => messageId);
  const events = await past.events({ streams: messageIds.map(streamOfMessage), prefixes: messageIds.map(reactionsTo) });
  const ofMessages = grouped(events, ({ data }) => (data as { readonly messageId: MessageId }).messageId);
  const found = wanted.flatMap(({ messageId, seq }) => {
    const history = historyOf(ofMessages.get(messageId) ?? []);
    return history ? [{ seq, history }] : [];
  });
  const [erasures, deleted] = await Promise.all([
    past.erasures(found.flatMap(({ history }) => usersOf(history))),
    deletedOf(
      past,
      found.flatMap(({ history }) => history.original.replyTo ?? []),
    ),
  ]);
  return found.flatMap(({ seq, history }) => {
    const { replyTo } = history.original;
    const replyToDeleted = replyTo !== null && deleted.has(streamOfMessage(replyTo));
    return pastMessageView(history.events, { erasures, upTo: past.upTo, seq, replyToDeleted }) ?? [];
  });
};

/** Answers the users of whom messages show something. */
export const usersIn = (messages: readonly PastMessageView[]): UserId[] =>
  messages.flatMap(({ senderId, mentions, reactions }) => [
    senderId,
    ...mentions,
    ...reactions.flatMap(({ userIds }) => userIds),
  ]);
