import { grouped } from '../../../application/kernel/grouped.js';
import { inTurns } from '../../../application/kernel/in-turns.js';
import {
  searchRows,
  type SearchedConversation,
  type SearchedMessage,
  type SearchTables,
} from '../../../application/projections/search.js';
import type { SearchWriters } from '../../../application/projections/registry.js';
import type { RecordedEvent } from '../../../application/ports/event-store.js';
import type { ConversationId, MessageId, UserId } from '../../../domain/kernel/ids.js';
import type { Statement } from '../../postgres/one-trip.js';
import type { Ask, BatchWriter, RowLoader } from '../../projections/postgres/read-model.js';
import { KnownRows } from '../known-rows.js';
import { CHUNK } from './gram-list.js';
import { ListChanges } from './list-changes.js';
import { listedUpTo } from './listed.js';
import { recordset } from './recordset.js';
import * as sql from './search-rows.sql.js';
import { touchedBy } from '../touched-search-rows.js';

/** At most this many conversations, and as many erased or other senders, are remembered. */
const MOST_ROWS = 50_000;
/** The messages whose grams are compared before others have their turn: some 10 ms. */
const MESSAGES_IN_A_TURN = 200;

interface Loaded {
  readonly conversations: readonly SearchedConversation[];
  readonly messages: readonly SearchedMessage[];
  readonly erased: readonly { readonly userId: UserId }[];
}

interface LoadedMessage {
  readonly message: SearchedMessage;
}

const unknownOf = <Id extends string>(ids: ReadonlySet<Id>, rows: KnownRows<unknown>): Id[] =>
  [...ids].filter((id) => !rows.isKnown(id));

/**
 * Stores what the events of a batch mean for the search. The lists of grams follow from the messages alone: those of full
 * chunks are in them. So it makes no difference how events are batched.
 */
export class SearchBatch implements BatchWriter, RowLoader {
  readonly #tables = {
    conversations: new KnownRows<SearchedConversation>(),
    messages: new KnownRows<SearchedMessage>(),
    erased: new KnownRows<{ readonly userId: UserId }>(),
  } satisfies SearchTables;
  /** The conversations and messages of the batch as they were before it. */
  readonly #lastSeqs = new Map<ConversationId, number>();
  readonly #before = new Map<MessageId, SearchedMessage>();
  readonly #lists = new ListChanges();
  readonly writers: SearchWriters = { search: searchRows(this.#tables) };

  async load(events: readonly RecordedEvent[], ask: Ask): Promise<void> {
    const { conversations, messages, erased } = this.#tables;
    const touched = touchedBy(events);
    const wanted = [
      unknownOf(touched.conversations, conversations),
      unknownOf(touched.messages, messages),
      unknownOf(touched.senders, erased),
    ] as const;
    if ([...wanted, [...touched.erased]].some(({ length }) => length > 0)) {
      const [found] = await ask<Loaded>({ ...sql.LOAD, values: [...wanted, [...touched.erased]] });
      for (const [n, rows] of [conversations, messages, erased].entries())
        for (const id of wanted[n] ?? []) rows.learn(id, undefined);
      this.#learn(found);
    }
    await this.#learnSent(touched.erased, ask);
    for (const id of touched.conversations) this.#lastSeqs.set(id, conversations.get(id)?.lastSeq ?? 0);
  }

  #learn(found: Loaded | undefined): void {
    if (!found) return;
    const { conversations, erased } = this.#tables;
    for (const row of found.conversations) conversations.learn(row.conversationId, row);
    for (const row of found.erased) erased.learn(row.userId, row);
    for (const row of found.messages) this.#learnMessage(row);
  }

  /** Reads all that these users have sent. */
  async #learnSent(userIds: ReadonlySet<UserId>, ask: Ask): Promise<void> {
    if (userIds.size === 0) return;
    const sent = await ask<LoadedMessage>({ ...sql.LOAD_SENT, values: [[...userIds]] });
    for (const { message } of sent) this.#learnMessage(message);
  }

  #learnMessage(row: SearchedMessage): void {
    this.#tables.messages.learn(row.messageId, row);
    this.#before.set(row.messageId, row);
  }

  /** Finds out what changes in the lists, once the events have been applied. */
  async complete(ask: Ask): Promise<void> {
    const { conversations, messages } = this.#tables;
    for await (const row of inTurns(messages.changed, MESSAGES_IN_A_TURN)) {
      const before = this.#before.get(row.messageId);
      if (before && before.seq <= this.#listedBefore(before.conversationId)) this.#lists.change(before, row);
    }
    const full = conversations.changed
      .map(({ conversationId, lastSeq }) => ({
        conversationId,
        first: this.#listedBefore(conversationId) + 1,
        last: listedUpTo(conversationId, lastSeq),
      }))
      .filter(({ first, last }) => last >= first);
    await this.#learnUnlisted(full, ask);
    this.#listChunks(new Map(full.map((each) => [each.conversationId, each])));
    await this.#lists.complete(ask);
  }

  /** Puts the messages of full chunks into lists, chunk by chunk. */
  #listChunks(full: ReadonlyMap<ConversationId, { readonly first: number; readonly last: number }>): void {
    const isFull = ({ conversationId, seq }: SearchedMessage): boolean => {
      const place = full.get(conversationId);
      return place !== undefined && seq >= place.first && seq <= place.last;
    };
    const chunks = grouped(
      [...this.#tables.messages.values()].filter(isFull),
      ({ conversationId, seq }) => `${conversationId} ${Math.floor((seq - 1) / CHUNK)}`,
    );
    const bySeq = (one: SearchedMessage, other: SearchedMessage): number => one.seq - other.seq;
    const inOrder = [...chunks.values()].map((chunk) => chunk.sort(bySeq));
    inOrder.sort(([one], [other]) => bySeq(one as SearchedMessage, other as SearchedMessage));
    for (const chunk of inOrder) this.#lists.listChunk(chunk);
  }

  /** Answers the ordinal up to which messages were in lists before the batch. */
  #listedBefore(conversationId: ConversationId): number {
    return listedUpTo(conversationId, this.#lastSeq(conversationId));
  }

  #lastSeq(conversationId: ConversationId): number {
    return this.#lastSeqs.get(conversationId) ?? this.#tables.conversations.get(conversationId)?.lastSeq ?? 0;
  }

  /** Reads those messages of chunks that have become full which came with earlier batches. */
  async #learnUnlisted(
    full: readonly { readonly conversationId: ConversationId; readonly first: number; readonly last: number }[],
    ask: Ask,
  ): Promise<void> {
    const earlier = full.filter(({ conversationId, first }) => first <= this.#lastSeq(conversationId));
    if (earlier.length === 0) return;
    const values = [
      earlier.map(({ conversationId }) => conversationId),
      earlier.map(({ first }) => first),
      earlier.map(({ conversationId, last }) => Math.min(last, this.#lastSeq(conversationId))),
    ];
    const found = await ask<LoadedMessage>({ ...sql.LOAD_UNLISTED, values });
    for (const { message } of found)
      if (!this.#tables.messages.has(message.messageId)) this.#tables.messages.learn(message.messageId, message);
  }

  statements(): Statement[] {
    const { conversations, messages, erased } = this.#tables;
    const portions = [conversations.changed, messages.changed, erased.changed];
    if (portions.every(({ length }) => length === 0)) return [];
    return [{ ...sql.SAVE, values: portions.flatMap(recordset) }, ...this.#lists.statements()];
  }

  taken(): void {
    const { conversations, messages, erased } = this.#tables;
    messages.forget();
    for (const rows of [conversations, erased]) rows.settle(MOST_ROWS);
    this.#endBatch();
  }

  settle(results: readonly unknown[] | undefined): void {
    if (!results) this.forget();
  }

  forget(): void {
    for (const rows of Object.values(this.#tables)) rows.forget();
    this.#endBatch();
  }

  #endBatch(): void {
    this.#lists.clear();
    this.#lastSeqs.clear();
    this.#before.clear();
  }
}
