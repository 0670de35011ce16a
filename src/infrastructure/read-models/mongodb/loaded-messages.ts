import type { Filter } from 'mongodb';
import { textBytesOf } from '../../../application/messages/text-bytes.js';
import type { MissedLimits } from '../../../application/ports/message-views.js';
import {
  isChanged,
  memberKey,
  type ConversationRow,
  type MemberRow,
  type MessageRow,
  type MessagesTables,
} from '../../../application/projections/messages-tables.js';
import type { ConversationId, MessageId, Position, UserId } from '../../../domain/kernel/ids.js';
import type { Documents, KeyedDocument, Selection } from '../../mongodb/documents.js';
import type { Reading } from '../../projections/mongodb/used-generation.js';
import { messagesInMemory } from '../memory/messages-read-model.js';
import { rowOf, stored } from './row-documents.js';

type Table = keyof MessagesTables;
type RowIn<Name extends Table> = MessagesTables[Name] extends Map<string, infer Row> ? Row : never;

/** The most questions of one query that are asked at a time. */
const AT_ONCE = 10;

/** Asks about each of these, several at a time. */
export const forEachOf = async <Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<Answer[]> => {
  const answers: Answer[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE)
    answers.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(ask))));
  return answers;
};

/** The place of a message in a conversation. */
interface Place {
  readonly conversationId: ConversationId;
  readonly seq: number;
}

/** A message that mentions a member, of whom nothing else is asked. */
type Mention = Pick<MessageRow, 'messageId' | 'conversationId' | 'seq' | 'mentions'>;

/** What a member has not read of a conversation. */
type Unread = Pick<MemberRow, 'conversationId' | 'userId' | 'readSeq'> & { readonly lastSeq: number };

/**
 * The rows that a query needs. What they show is said once, for all engines that have rows: by the views in memory, which see
 * these rows alone.
 */
export class LoadedMessages {
  readonly tables: MessagesTables = messagesInMemory.create();
  readonly #documents: Documents;
  /** The checkpoint. */
  readonly upTo: bigint;

  constructor(documents: Documents, upTo: bigint) {
    this.#documents = documents;
    this.upTo = upTo;
  }

  /** Answers a condition for positions behind one, as far as the checkpoint. */
  behind(position: Position) {
    return { $gt: stored(position), $lte: this.upTo };
  }

  async read<Name extends Table>(name: Name, filter: Filter<KeyedDocument>, selection: Selection = {}) {
    return this.#put(name, await this.#documents.find(name, filter, selection));
  }

  async readKeys<Name extends Table>(name: Name, keys: readonly string[]) {
    return this.#put(name, await this.#documents.byKeys(name, [...new Set(keys)]));
  }

  /** Reads the last documents that fit, by position. */
  last<Name extends Table>(name: Name, filter: Filter<KeyedDocument>) {
    return this.read(name, filter, { sort: { position: -1 }, limit: 1 });
  }

  conversations(conversationIds: readonly ConversationId[]): Promise<ConversationRow[]> {
    return this.readKeys('conversations', conversationIds);
  }

  /** Reads the memberships of users that have not ended. */
  memberships(userIds: readonly UserId[]): Promise<MemberRow[]> {
    return this.read('members', { userId: { $in: [...userIds] }, active: true });
  }

  members(pairs: readonly (readonly [ConversationId, UserId])[]): Promise<MemberRow[]> {
    return this.readKeys(
      'members',
      pairs.map(([conversationId, userId]) => memberKey(conversationId, userId)),
    );
  }

  preferences(pairs: readonly (readonly [ConversationId, UserId])[]) {
    return this.readKeys(
      'preferences',
      pairs.map(([conversationId, userId]) => memberKey(conversationId, userId)),
    );
  }

  /** Reads the first members of a conversation, in the order in which they joined. */
  firstMembers(conversationId: ConversationId, limit: number): Promise<MemberRow[]> {
    return this.read('members', { conversationId, active: true }, { sort: { joinedPosition: 1, userId: 1 }, limit });
  }

  messagesAt(places: readonly Place[]): Promise<MessageRow[]> {
    if (places.length === 0) return Promise.resolve([]);
    return this.read('messages', { $or: places.map(({ conversationId, seq }) => ({ conversationId, seq })) });
  }

  /** Reads where members are mentioned. There may be very many, so that no text is read. */
  async mentions(unread: readonly Unread[]): Promise<readonly Mention[]> {
    const some = unread.filter(({ readSeq, lastSeq }) => readSeq < lastSeq);
    if (some.length === 0) return [];
    const userOf = new Map(some.map(({ conversationId, userId }) => [conversationId, userId]));
    const mentioning = some.map(({ conversationId, userId, readSeq, lastSeq }) => ({
      ...{ conversationId, mentions: userId, seq: { $gt: readSeq, $lte: lastSeq } },
    }));
    const projection = { messageId: 1, conversationId: 1, seq: 1 };
    const found = await this.#documents.find('messages', { $or: mentioning }, { projection });
    return found.map((each) => {
      const place = rowOf<Omit<Mention, 'mentions'>>(each);
      return { ...place, mentions: [userOf.get(place.conversationId)].filter((userId) => userId !== undefined) };
    });
  }

  /** Has mentions counted whose messages are not loaded. All that is shown must have been loaded before. */
  count(mentions: readonly Mention[]): void {
    const { messages } = this.tables;
    for (const each of mentions) if (!messages.has(each.messageId)) messages.set(each.messageId, each as MessageRow);
  }

  messages(messageIds: readonly MessageId[]): Promise<MessageRow[]> {
    return this.readKeys('messages', messageIds);
  }

  /** Reads messages until their text comes to more than is wanted: no more are in memory, however many there are. */
  async messagesUpTo(
    filter: Filter<KeyedDocument>,
    sort: Readonly<Record<string, 1>>,
    { limit, maxTextBytes }: MissedLimits,
  ): Promise<MessageRow[]> {
    const rows: MessageRow[] = [];
    let bytes = 0;
    for await (const document of this.#documents.each('messages', filter, { sort, limit })) {
      if (bytes > maxTextBytes) break;
      const [row] = this.#put('messages', [document]);
      if (!row) break;
      rows.push(row);
      bytes += textBytesOf(row);
    }
    return rows;
  }

  /** Reads what is shown beside messages: the reactions to them, and what they reply to. */
  async shownBeside(rows: readonly MessageRow[]): Promise<void> {
    const changed = rows.filter((row) => isChanged(row) && row.deletedAt === null).map(({ messageId }) => messageId);
    const originals = rows.flatMap(({ replyTo }) =>
      replyTo === null || this.tables.messages.has(replyTo) ? [] : replyTo,
    );
    await Promise.all([
      changed.length > 0 && this.read('reactions', { messageId: { $in: changed }, active: true }),
      this.messages(originals),
    ]);
  }

  #put<Name extends Table>(name: Name, documents: readonly KeyedDocument[]): RowIn<Name>[] {
    const rows = this.tables[name] as Map<string, RowIn<Name>>;
    return documents.map((each) => {
      const row = rowOf<RowIn<Name>>(each);
      rows.set(each._id, row);
      return row;
    });
  }
}

/** Loads the rows of a query, and answers it from them. */
export type Answering<Views> = <Answer>(
  load: (loaded: LoadedMessages) => Promise<unknown>,
  show: (views: Views) => Promise<Answer>,
) => Promise<Answer>;

export const answeringFrom =
  <Views>(reading: Reading, viewsOf: (tables: () => MessagesTables) => Views): Answering<Views> =>
  (load, show) =>
    reading(async (documents, upTo) => {
      const loaded = new LoadedMessages(documents, upTo);
      await load(loaded);
      return show(viewsOf(() => loaded.tables));
    });
