/** The most items of a page. */
const LIMIT = 500;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** Reads page after page, until there is no cursor to another. */
export async function* paged<Item>(
  next: (cursor: string | undefined, limit: number) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await next(cursor, LIMIT);
    yield* items;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** Reads page after page, each behind the last item of the one before. */
export async function* pagedBehind<Item>(
  next: (after: Item | null, limit: number) => Promise<readonly Item[]>,
): AsyncGenerator<Item> {
  let after: Item | null = null;
  for (;;) {
    const page = await next(after, LIMIT);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < LIMIT) return;
    after = last;
  }
}
