interface ReadAheadOptions<Item> {
  /** Says whether to read on behind an item before the reader has asked for more. */
  readonly mayReadOn: (item: Item) => boolean;
  /** Is told of each item that was read before it was asked for. */
  readonly onAhead: (item: Item) => void;
}

const BEHIND_EACH: ReadAheadOptions<unknown> = { mayReadOn: () => true, onAhead: () => undefined };

/**
 * Reads the next item already while the one before is looked at, and no further: with a reader that is slow or gone one item
 * waits, and no more are read.
 */
export async function* readAhead<Item>(
  items: AsyncIterable<Item>,
  { mayReadOn, onAhead }: ReadAheadOptions<Item> = BEHIND_EACH,
): AsyncGenerator<Item> {
  const source = items[Symbol.asyncIterator]();
  const tell = ({ done, value }: IteratorResult<Item>): void => {
    if (done !== true) onAhead(value);
  };
  const nextAhead = (): Promise<IteratorResult<Item>> => {
    const next = source.next();
    next.then(tell).catch(() => undefined); // It is raised when it is its turn, and by nobody where the reader has left.
    return next;
  };
  try {
    for (let next: Promise<IteratorResult<Item>> | undefined; ;) {
      const item = await (next ?? source.next());
      if (item.done === true) return;
      next = mayReadOn(item.value) ? nextAhead() : undefined;
      yield item.value;
    }
  } finally {
    await source.return?.();
  }
}
