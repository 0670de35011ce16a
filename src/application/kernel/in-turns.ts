/** Gives out items one by one, and lets everything else have its turn behind each so many: long work holds up nobody for long. */
export async function* inTurns<Item>(items: Iterable<Item>, most: number): AsyncGenerator<Item> {
  let given = 0;
  for (const item of items) {
    if (given === most) {
      given = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
    given += 1;
    yield item;
  }
}
