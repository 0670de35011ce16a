import { isOfType } from '../../../application/kernel/is-of-type.js';
import type { RecordedEvent } from '../../../application/ports/event-store.js';
import { memberKey, type MessageRow } from '../../../application/projections/messages-tables.js';
import { touchRows } from '../../../application/projections/touched-rows.js';
import type { MessageId, Position, UserId } from '../../../domain/kernel/ids.js';
import { hasReached, laterOf } from '../../../domain/kernel/position.js';
import type { Documents, KeyedDocument } from '../../mongodb/documents.js';
import type { KnownRows } from '../known-rows.js';
import type { KnownTables } from '../known-tables.js';
import { rowOf } from './row-documents.js';

/** The collections whose documents are read by their keys. */
const KEYED = ['conversations', 'members', 'messages', 'reactions', 'pins', 'preferences', 'erased'] as const;
type Keyed = (typeof KEYED)[number];

type Wanted = Readonly<Record<Keyed, Set<string>>>;
type Found = Readonly<Record<Keyed, readonly KeyedDocument[]>>;

const nothing = (): Wanted => ({
  conversations: new Set(),
  members: new Set(),
  messages: new Set(),
  reactions: new Set(),
  pins: new Set(),
  preferences: new Set(),
  erased: new Set(),
});

/** Adds the rows that an event replaces. */
const wantReplaced = (wanted: Wanted, event: RecordedEvent): void => {
  if (isOfType(event, 'ReactionAdded', 'ReactionRemoved')) {
    const { messageId, userId, emoji } = event.data;
    wanted.reactions.add(`${messageId} ${userId} ${emoji}`);
  } else if (isOfType(event, 'MessagePinned', 'MessageUnpinned'))
    wanted.pins.add(`${event.data.conversationId} ${event.data.messageId}`);
  else if (isOfType(event, 'PreferencesChanged'))
    wanted.preferences.add(memberKey(event.data.conversationId, event.data.userId));
};

const wantedBy = (events: readonly RecordedEvent[]): Wanted => {
  const wanted = nothing();
  for (const event of events) {
    touchRows(
      {
        conversation: (conversationId) => wanted.conversations.add(conversationId),
        member: (conversationId, userId) => wanted.members.add(memberKey(conversationId, userId)),
        author: (userId) => wanted.erased.add(userId),
        message: (messageId) => wanted.messages.add(messageId),
      },
      event,
    );
    wantReplaced(wanted, event);
  }
  return wanted;
};

/**
 * Reads the rows that events depend on: in one round of questions, unless they come again, or erase a user. What stands behind
 * the checkpoint was written of a batch that was not finished, and is read as the rows need it.
 */
export class MessageRowLoader {
  readonly #tables: KnownTables;
  readonly #documents: Documents;
  readonly #from: Position;

  constructor(tables: KnownTables, documents: Documents, from: Position) {
    this.#tables = tables;
    this.#documents = documents;
    this.#from = from;
  }

  async load(events: readonly RecordedEvent[]): Promise<void> {
    const erased = events.flatMap((event) => (isOfType(event, 'UserErased') ? event.data.userId : []));
    const [found, ofErased] = await Promise.all([this.#read(wantedBy(events)), this.#ofUsers(erased)]);
    const messages = [...found.messages, ...ofErased.messages];
    this.#learn({ ...found, messages: [] });
    this.#learn({ ...ofErased, messages: [] });
    const more = await this.#read(this.#wantedBehind(events, messages, ofErased.reactions));
    this.#learn({ ...more, messages: [...messages, ...more.messages] });
  }

  async #read(wanted: Wanted): Promise<Found> {
    const read = KEYED.map(async (name) => [name, await this.#documents.byKeys(name, [...wanted[name]])] as const);
    return Object.fromEntries(await Promise.all(read)) as unknown as Found;
  }

  /** Reads what users have written, as far as an erasure takes it away. */
  async #ofUsers(userIds: readonly UserId[]): Promise<Found> {
    const empty = {
      conversations: [],
      members: [],
      messages: [],
      reactions: [],
      pins: [],
      preferences: [],
      erased: [],
    };
    if (userIds.length === 0) return empty;
    const users = { $in: [...userIds] };
    const [conversations, messages, reactions, preferences] = await Promise.all([
      this.#documents.find('conversations', { titledBy: users }),
      this.#documents.find('messages', { senderId: users }),
      this.#documents.find('reactions', { userId: users, active: true }),
      this.#documents.find('preferences', { userId: users }),
    ]);
    return { ...empty, conversations, messages, reactions, preferences };
  }

  /**
   * Answers what else is to be read: messages that their conversation has had before, the messages that erased users react to,
   * and the conversations of all that erasures change.
   */
  #wantedBehind(
    events: readonly RecordedEvent[],
    messages: readonly KeyedDocument[],
    reactions: readonly KeyedDocument[],
  ): Wanted {
    const wanted = nothing();
    const read = new Set(messages.map(({ _id }) => _id));
    const want = (messageId: MessageId) => read.has(messageId) || wanted.messages.add(messageId);
    for (const event of events)
      if (isOfType(event, 'MessageSent') && this.#isPassed(event.data.conversationId, event.position))
        want(event.data.messageId);
    for (const { messageId, conversationId } of reactions.map((each) => rowOf<MessageRow>(each))) {
      want(messageId);
      this.#wantConversation(wanted, conversationId);
    }
    for (const { conversationId } of messages.map((each) => rowOf<MessageRow>(each)))
      this.#wantConversation(wanted, conversationId);
    return wanted;
  }

  #wantConversation({ conversations }: Wanted, conversationId: string): void {
    if (!this.#tables.conversations.has(conversationId)) conversations.add(conversationId);
  }

  /** Says whether a conversation counts what was sent at a position. */
  #isPassed(conversationId: string, position: Position): boolean {
    const last = this.#tables.conversations.get(conversationId)?.lastMessagePosition;
    return last !== undefined && hasReached(last, position);
  }

  #learn(found: Found): void {
    const { conversations, members, messages, reactions, pins, preferences, erased } = this.#tables;
    this.#learnAll(conversations, found.conversations);
    this.#learnAll(members, found.members);
    this.#learnAll(pins, found.pins);
    this.#learnAll(preferences, found.preferences);
    this.#learnAll(
      messages,
      found.messages.filter((each) => this.#isCounted(rowOf<MessageRow>(each))),
    );
    this.#learnAll(
      reactions,
      found.reactions.filter((each) => this.#isCommitted(each)),
    );
    this.#learnAll(
      erased,
      found.erased.filter((each) => this.#isCommitted(each)),
    );
  }

  #learnAll<Row>(rows: KnownRows<Row>, documents: readonly KeyedDocument[]): void {
    for (const each of documents) rows.learn(each._id, rowOf<Row>(each));
  }

  /** A message behind the checkpoint is sent anew, unless its conversation counts it. */
  #isCounted({ conversationId, sentPosition }: MessageRow): boolean {
    const last = this.#tables.conversations.get(conversationId)?.lastMessagePosition ?? this.#from;
    return hasReached(laterOf(last, this.#from), sentPosition);
  }

  /** Reactions and erasures behind the checkpoint come anew: what they change elsewhere may not be stored yet. */
  #isCommitted(document: KeyedDocument): boolean {
    return hasReached(this.#from, rowOf<{ readonly position: Position }>(document).position);
  }
}
