/** A JSON document of one value. */
export async function* jsonValue(get: () => Promise<unknown>): AsyncGenerator<string> {
  yield `${JSON.stringify((await get()) ?? null, null, 2)}\n`;
}

/** A JSON array, written item by item: it may be longer than memory. */
export async function* jsonArray(items: AsyncIterable<object>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const item of items) {
    yield `${separator}${JSON.stringify(item)}`;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}
