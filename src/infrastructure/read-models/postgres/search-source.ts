import type { ConversationId, Position } from '../../../domain/kernel/ids.js';
import type { BlockBits } from './block-bits.js';
import { BLOCK } from './gram-list.js';

/** A block of a conversation, as far as it is searched. */
export interface Place {
  readonly conversationId: ConversationId;
  readonly low: number;
  readonly high: number;
  /** The ordinal up to which messages are in lists. */
  readonly listed: number;
  /** The number of a block with such messages; null where there is none. */
  readonly block: number | null;
  readonly newest: Position | null;
}

/** The messages of a block that may match, the newest first. Those behind its frontier are all known. */
export class SearchSource {
  readonly conversationId: ConversationId;
  readonly block: number;
  readonly #range: readonly [first: number, last: number];
  /** No message above this position is unknown; null where none is. */
  frontier: Position | null;
  #candidates: readonly number[] | undefined;
  #checked = 0;

  constructor({ conversationId, low, high, listed, block, newest }: Place & { readonly block: number }) {
    this.conversationId = conversationId;
    this.block = block;
    const first = block * BLOCK + 1;
    this.#range = [Math.max(low, first) - first, Math.min(high, listed, first + BLOCK - 1) - first];
    this.frontier = newest;
  }

  get isLookedUp(): boolean {
    return this.#candidates !== undefined;
  }

  lookedUp(bits: BlockBits): void {
    this.#candidates = bits.places(...this.#range);
    if (this.#candidates.length === 0) this.frontier = null;
  }

  /** Answers the ordinals of the next ones to check. */
  next(count: number): readonly number[] {
    const next = (this.#candidates ?? []).slice(this.#checked, this.#checked + count);
    return next.map((place) => this.block * BLOCK + 1 + place);
  }

  /** The next ones are known, so many of them, down to this position. */
  checked(count: number, position: Position): void {
    this.#checked += count;
    const isEnd = this.#checked >= (this.#candidates?.length ?? 0);
    this.frontier = isEnd ? null : (String(BigInt(position) - 1n) as Position);
  }
}
