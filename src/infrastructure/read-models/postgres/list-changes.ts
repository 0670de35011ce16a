import type { SearchedMessage } from '../../../application/projections/search.js';
import { inTurns } from '../../../application/kernel/in-turns.js';
import { gramsOfText, senderGram, type Gram } from '../../../application/search/grams.js';
import type { ConversationId } from '../../../domain/kernel/ids.js';
import type { Statement } from '../../postgres/one-trip.js';
import type { Ask } from '../../projections/postgres/read-model.js';
import { addList, BLOCK, CHUNK, chunkOf, listOf, noMessages } from './gram-list.js';
import { ListRows } from './list-rows.js';
import * as sql from './search-rows.sql.js';

/** The lists that are made anew before others have their turn: some 10 ms. An erasure changes hundreds of thousands. */
const LISTS_IN_A_TURN = 500;

interface BlockKey {
  readonly conversationId: ConversationId;
  readonly block: number;
}

interface StoredList extends BlockKey {
  readonly gram: string;
  readonly messages: Buffer;
}

/** Single messages that a list of earlier ones gains or loses. */
interface Changed {
  readonly gained: number[];
  readonly lost: number[];
}

type Block<Value> = BlockKey & { readonly lists: Map<Gram, Value> };

/** Lists by their blocks, then by their grams: no key is made for each gram of each message. */
class Blocks<Value> extends Map<string, Block<Value>> {
  of({ conversationId, seq }: SearchedMessage): Map<Gram, Value> {
    const block = Math.floor((seq - 1) / BLOCK);
    const key = `${conversationId} ${block}`;
    const found = this.get(key) ?? { conversationId, block, lists: new Map<Gram, Value>() };
    this.set(key, found);
    return found.lists;
  }
}

const placeOf = ({ seq }: SearchedMessage): number => (seq - 1) % BLOCK;

/** Answers all that a message is found by. */
const gramsOf = ({ text, senderId }: SearchedMessage): ReadonlySet<Gram> =>
  text === null ? new Set() : gramsOfText(text).add(senderGram(senderId));

const changeOf = (lists: Map<Gram, Changed>, gram: Gram): Changed => {
  const changed = lists.get(gram) ?? { gained: [], lost: [] };
  lists.set(gram, changed);
  return changed;
};

const changedList = (stored: Buffer | undefined, { gained, lost }: Changed): string => {
  const messages = noMessages();
  if (stored) addList(messages, stored);
  for (const place of lost) messages.remove(place);
  for (const place of gained) messages.add(place);
  return listOf(messages);
};

/** Collects what a batch changes in the lists of grams. Lists of new chunks are extended without being read. */
export class ListChanges {
  readonly #extended = new Blocks<string>();
  readonly #changed = new Blocks<Changed>();
  #put = new ListRows();
  #removed = new ListRows();

  /** Lists the messages of a new chunk, in the order of their ordinals. */
  listChunk(messages: readonly SearchedMessage[]): void {
    const [first] = messages;
    if (!first) return;
    const places = new Map<Gram, number[]>();
    for (const message of messages) {
      const offset = placeOf(message) % CHUNK;
      for (const gram of gramsOf(message)) {
        const offsets = places.get(gram);
        if (offsets) offsets.push(offset);
        else places.set(gram, [offset]);
      }
    }
    const lists = this.#extended.of(first);
    const chunk = Math.floor(placeOf(first) / CHUNK);
    for (const [gram, offsets] of places) lists.set(gram, (lists.get(gram) ?? '') + chunkOf(chunk, offsets));
  }

  /** Notes that a message which is in lists has another text now, or none. */
  change(before: SearchedMessage, now: SearchedMessage): void {
    const [were, are, lists] = [gramsOf(before), gramsOf(now), this.#changed.of(now)];
    for (const gram of were) if (!are.has(gram)) changeOf(lists, gram).lost.push(placeOf(now));
    for (const gram of are) if (!were.has(gram)) changeOf(lists, gram).gained.push(placeOf(now));
  }

  /** Reads the lists in which single messages change, and makes them anew. */
  async complete(ask: Ask): Promise<void> {
    const wanted = new ListRows();
    for (const block of this.#changed.values()) for (const gram of block.lists.keys()) wanted.add(block, gram);
    if (wanted.isEmpty) return;
    const found = await ask<StoredList>({ ...sql.LOAD_LISTS, values: wanted.keys });
    const stored = new Map(found.map((list) => [`${list.conversationId} ${list.block} ${list.gram}`, list.messages]));
    for (const [key, block] of this.#changed)
      for await (const [gram, changed] of inTurns(block.lists, LISTS_IN_A_TURN))
        this.#write(block, gram, changedList(stored.get(`${key} ${gram}`), changed));
  }

  #write(block: BlockKey, gram: Gram, messages: string): void {
    if (messages === '') this.#removed.add(block, gram);
    else this.#put.add(block, gram, messages);
  }

  /** Answers what writes the changes: earlier messages first, as new ones come behind them. */
  statements(): Statement[] {
    const extended = new ListRows();
    for (const block of this.#extended.values())
      for (const [gram, messages] of block.lists) extended.add(block, gram, messages);
    return [
      ...(this.#put.isEmpty ? [] : [{ ...sql.PUT_LISTS, values: this.#put.values }]),
      ...(this.#removed.isEmpty ? [] : [{ ...sql.REMOVE_LISTS, values: this.#removed.keys }]),
      ...(extended.isEmpty ? [] : [{ ...sql.EXTEND_LISTS, values: extended.values }]),
    ];
  }

  clear(): void {
    this.#extended.clear();
    this.#changed.clear();
    this.#put = new ListRows();
    this.#removed = new ListRows();
  }
}
