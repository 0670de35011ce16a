/** Writes one value as a JSON document. */
export async function* jsonValue(get: () => Promise<unknown>): AsyncGenerator<string> {
  yield `${JSON.stringify((await get()) ?? null, null, 2)}\n`;
}

/** Writes a JSON array item by item: it may be larger than memory. */
export async function* jsonArray(items: AsyncIterable<object>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const item of items) {
    yield `${separator}${JSON.stringify(item)}`;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}
