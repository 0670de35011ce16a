/** The first bytes of a content, and the whole of it, these bytes included. */
interface Peeked {
  readonly head: Uint8Array;
  readonly whole: AsyncIterable<Uint8Array>;
}

const joined = (chunks: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
};

/** Reads at least so many bytes ahead, or all where there are fewer. What follows is read when it is asked for. */
export const peeked = async (content: AsyncIterable<Uint8Array>, bytes: number): Promise<Peeked> => {
  const rest = content[Symbol.asyncIterator]();
  const ahead: Uint8Array[] = [];
  let length = 0;
  let isAtEnd = false;
  while (length < bytes && !isAtEnd) {
    const next = await rest.next();
    if (next.done === true) isAtEnd = true;
    else {
      ahead.push(next.value);
      length += next.value.length;
    }
  }
  async function* whole() {
    try {
      yield* ahead;
      for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
      isAtEnd = true;
    } finally {
      if (!isAtEnd) await rest.return?.();
    }
  }
  return { head: joined(ahead).subarray(0, bytes), whole: whole() };
};
