/** A chunk of a content, and whether it is the last one. */
interface Chunk {
  /** They are overwritten once the next chunk is asked for. */
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/**
 * Cuts a content into chunks of one size; the last has what is left, and is empty only where there is no content. All chunks
 * are gathered in the same place: memory of its own for each of a large file made the collector work a quarter of the time.
 */
export async function* chunked(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Chunk> {
  const chunk = new Uint8Array(size);
  let filled = 0;
  for await (const piece of content) {
    for (let at = 0; at < piece.length;) {
      if (filled === size) {
        yield { bytes: chunk, isLast: false };
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
