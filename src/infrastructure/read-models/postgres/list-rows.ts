import type { ConversationId } from '../../../domain/kernel/ids.js';
import type { Gram } from '../../../application/search/grams.js';

interface BlockKey {
  readonly conversationId: ConversationId;
  readonly block: number;
}

const literal = (items: readonly (string | number)[]): string => `{${items.join(',')}}`;

/** Lists as parameters: array literals made by hand, with each block once, as there are thousands of lists in a batch. */
export class ListRows {
  readonly #blocks = new Map<BlockKey, number>();
  readonly #places: number[] = [];
  readonly #grams: Gram[] = [];
  readonly #messages: string[] = [];

  /** Adds a list, in hexadecimal digits. */
  add(block: BlockKey, gram: Gram, messages = ''): void {
    const place = this.#blocks.get(block) ?? this.#blocks.size + 1;
    this.#blocks.set(block, place);
    this.#places.push(place);
    this.#grams.push(gram);
    this.#messages.push(messages);
  }

  get isEmpty(): boolean {
    return this.#grams.length === 0;
  }

  /** The conversations and numbers of the blocks, then for each list which of them it is of, and its gram. */
  get keys(): string[] {
    const blocks = [...this.#blocks.keys()];
    return [
      literal(blocks.map(({ conversationId }) => conversationId)),
      literal(blocks.map(({ block }) => block)),
      literal(this.#places),
      literal(this.#grams),
    ];
  }

  /** The same, and the lists. */
  get values(): string[] {
    return [...this.keys, literal(this.#messages)];
  }
}
