/**
 * Reads the next item already while the one before is looked at, and no further: with a reader that is slow or gone one item
 * waits, and no more are read.
 */
export async function* readAhead<Item>(items: AsyncGenerator<Item>): AsyncGenerator<Item> {
  try {
    for (let next = items.next(); ;) {
      const item = await next;
      if (item.done) return;
      next = items.next();
      next.catch(() => undefined); // It is raised when it is its turn, and by nobody where the reader has left.
      yield item.value;
    }
  } finally {
    await items.return(undefined);
  }
}
