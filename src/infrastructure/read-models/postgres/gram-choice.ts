import { gramsToFind, senderGram, type Gram, type GramRange } from '../../../application/search/grams.js';
import type { SearchQuery } from '../../../application/ports/search-views.js';
import type { BlockBits } from './block-bits.js';
import { messagesInAll } from './gram-list.js';

/** As many are looked up in the first blocks, to find out which are rare. */
const MOST_TRIED = 24;
/** As many are looked up in the others. */
const MOST_USED = 4;
/** As many ranges are looked up: that of one letter stands for hundreds of lists in each block. */
const MOST_RANGES = 3;

/** A list with no more messages than that costs little. */
const FEW = 64;
/** A longer one is looked up where it spares checking so many candidates of a block. */
const WORTH_IT = 8;

const isExact = ({ first, last }: GramRange): boolean => first === last;

const width = ({ first, last }: GramRange): number => last - first;
const rangeOf = (gram: Gram): GramRange => ({ first: gram, last: gram });
const narrowest = (ranges: readonly GramRange[]): readonly GramRange[] =>
  [...ranges].sort((one, other) => width(one) - width(other)).slice(0, MOST_RANGES);

/** Chooses by which grams candidates are found: the rarest, as the first blocks show them. Each candidate is checked anyway. */
export class GramChoice {
  /** Ranges stand for many lists: they are looked up only where there is nothing else. */
  readonly ranges: readonly GramRange[];
  #grams: readonly Gram[];
  #isChosen = false;

  constructor({ words, senderId }: Pick<SearchQuery, 'words' | 'senderId'>) {
    const all = words.map(gramsToFind);
    const exact = all.map((ranges) => ranges.filter(isExact).map(({ first }) => first));
    // In turn from each word, so that each has a part.
    const longest = Math.max(0, ...exact.map(({ length }) => length));
    const inTurn = Array.from({ length: longest }, (_, n) => exact.flatMap((grams) => grams[n] ?? [])).flat();
    const senders = senderId === undefined ? [] : [senderGram(senderId)];
    this.#grams = [...senders, ...new Set(inTurn)].slice(0, MOST_TRIED);
    this.ranges = exact.every(({ length }) => length === 0) ? narrowest([...senders.map(rangeOf), ...all.flat()]) : [];
  }

  get grams(): readonly Gram[] {
    return this.#grams;
  }

  /** Keeps the rarest of those that were looked up in the first blocks, without those that leave the same candidates. */
  settle(blocks: readonly ReadonlyMap<Gram, BlockBits>[]): void {
    if (this.#isChosen) return;
    this.#isChosen = true;
    const kept: Gram[] = [];
    const countOf = (grams: readonly Gram[]): number =>
      blocks.reduce((sum, block) => sum + messagesInAll(block, grams).count(), 0) / blocks.length;
    const byRarity = this.#grams
      .map((gram) => ({ gram, count: countOf([gram]) }))
      .sort((one, other) => one.count - other.count);
    for (const { gram, count } of byRarity) {
      if (kept.length === MOST_USED) break;
      const isCheap = kept.length === 0 || count <= FEW;
      if (isCheap || countOf(kept) - countOf([...kept, gram]) >= WORTH_IT) kept.push(gram);
    }
    this.#grams = kept;
  }
}
