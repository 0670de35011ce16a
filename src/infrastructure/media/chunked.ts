/** A chunk of a content, and whether it is the last one. */
interface Chunk {
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/** Cuts a content into chunks of one size; the last has what is left, and is empty only where there is no content. */
export async function* chunked(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Chunk> {
  let chunk = new Uint8Array(size);
  let filled = 0;
  for await (const piece of content) {
    for (let at = 0; at < piece.length;) {
      if (filled === size) {
        yield { bytes: chunk, isLast: false };
        chunk = new Uint8Array(size);
        filled = 0;
      }
      const part = piece.subarray(at, at + size - filled);
      chunk.set(part, filled);
      filled += part.length;
      at += part.length;
    }
  }
  yield { bytes: chunk.subarray(0, filled), isLast: true };
}
