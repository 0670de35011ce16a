/** Yields these bytes piece by piece. */
export async function* contentOf(bytes: Uint8Array, piece = 16_384): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
}

/** Yields these bytes, and then fails with this error. */
export async function* failing(bytes: Uint8Array, error: Error): AsyncGenerator<Uint8Array> {
  yield* contentOf(bytes);
  throw error;
}

/** Answers all the bytes of a content. */
export const readAll = async (content: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
};
