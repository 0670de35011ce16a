import {
  memberKey,
  type ConversationRow,
  type ErasedRow,
  type MemberRow,
  type MessageRow,
} from '../../../application/projections/messages-tables.js';
import { touchRows, type TouchVisitor } from '../../../application/projections/touched-rows.js';
import type { RecordedEvent } from '../../../application/ports/event-store.js';
import type { ConversationId, MessageId, Position, UserId } from '../../../domain/kernel/ids.js';
import { hasReached, laterOf, LOG_START } from '../../../domain/kernel/position.js';
import type { Ask } from '../../projections/postgres/read-model.js';
import type { KnownTables } from '../known-tables.js';
import { LOAD } from './messages-rows.sql.js';

/** Keys of rows that are to be looked up. */
interface Wanted {
  readonly conversations: Set<ConversationId>;
  readonly members: Map<string, readonly [ConversationId, UserId]>;
  readonly messages: Set<MessageId>;
  readonly authors: Set<UserId>;
}

interface Loaded {
  readonly conversations: readonly ConversationRow[];
  readonly members: readonly MemberRow[];
  readonly messages: readonly MessageRow[];
  readonly erased: readonly ErasedRow[];
}

const nothing = (): Wanted => ({
  conversations: new Set(),
  members: new Map(),
  messages: new Set(),
  authors: new Set(),
});

/** Adds what events touch, as far as it is not known. */
const wanting = (wanted: Wanted, { conversations, members, messages, erased }: KnownTables): TouchVisitor => ({
  conversation: (conversationId) => {
    if (!conversations.isKnown(conversationId)) wanted.conversations.add(conversationId);
  },
  member: (conversationId, userId) => {
    const key = memberKey(conversationId, userId);
    if (!members.isKnown(key)) wanted.members.set(key, [conversationId, userId]);
  },
  author: (userId) => {
    if (!erased.isKnown(userId)) wanted.authors.add(userId);
  },
  message: (messageId) => {
    if (!messages.isKnown(messageId)) wanted.messages.add(messageId);
  },
});

/** Messages that their conversation may have had before: of others it is known that they are new. */
const wantRepeated = (wanted: Wanted, { conversations, messages }: KnownTables, event: RecordedEvent): void => {
  if (event.type !== 'MessageSent') return;
  const { conversationId, messageId } = event.data;
  const last = conversations.get(conversationId)?.lastMessagePosition;
  const isRepeated = last !== undefined && hasReached(last, event.position);
  if (isRepeated && !messages.isKnown(messageId)) wanted.messages.add(messageId);
};

const isEmpty = ({ conversations, members, messages, authors }: Wanted): boolean =>
  conversations.size + members.size + messages.size + authors.size === 0;

/** Takes these rows for absent until they are found. */
const learnAbsent = (tables: KnownTables, wanted: Wanted): void => {
  for (const id of wanted.conversations) tables.conversations.learn(id, undefined);
  for (const key of wanted.members.keys()) tables.members.learn(key, undefined);
  for (const id of wanted.messages) tables.messages.learn(id, undefined);
  for (const id of wanted.authors) tables.erased.learn(id, undefined);
};

const learnFound = (tables: KnownTables, found: Loaded): void => {
  for (const row of found.conversations) tables.conversations.learn(row.conversationId, row);
  for (const row of found.members) tables.members.learn(memberKey(row.conversationId, row.userId), row);
  for (const row of found.messages) tables.messages.learn(row.messageId, row);
  for (const row of found.erased) tables.erased.learn(row.userId, row);
};

/** Reads the rows that events depend on, as far as they are not known: in one question, and seldom. */
export class RowReader {
  readonly #tables: KnownTables;
  /** The position up to which anything was stored when it was read: an event behind it is no repeat. */
  #stored: Position = LOG_START;

  constructor(tables: KnownTables) {
    this.#tables = tables;
  }

  async load(events: readonly RecordedEvent[], ask: Ask): Promise<void> {
    const touched = nothing();
    const visit = wanting(touched, this.#tables);
    for (const event of events) touchRows(visit, event);
    await this.#lookUp(touched, ask);
    const [first] = events;
    if (!first || !hasReached(this.#stored, first.position)) return;
    const repeated = nothing();
    for (const event of events) wantRepeated(repeated, this.#tables, event);
    await this.#lookUp(repeated, ask);
  }

  async #lookUp(wanted: Wanted, ask: Ask): Promise<void> {
    if (isEmpty(wanted)) return;
    const members = [...wanted.members.values()];
    const values = [
      [...wanted.conversations],
      members.map(([conversationId]) => conversationId),
      members.map(([, userId]) => userId),
      [...wanted.messages],
      [...wanted.authors],
    ];
    const [found] = await ask<Loaded>({ ...LOAD, values });
    learnAbsent(this.#tables, wanted);
    if (!found) return;
    learnFound(this.#tables, found);
    for (const { lastMessagePosition } of found.conversations)
      this.#stored = laterOf(this.#stored, lastMessagePosition);
  }
}
