/**
 * Begins a content: its first piece is there, or it has failed, before anything of it is sent. A store that does not answer would else
 * be met behind the status. Whoever does not read it returns from it.
 */
export const begun = async (content: AsyncIterable<Uint8Array>): Promise<AsyncIterableIterator<Uint8Array>> => {
  const pieces = content[Symbol.asyncIterator]();
  let first: IteratorResult<Uint8Array> | undefined = await pieces.next();
  const rest: AsyncIterableIterator<Uint8Array> = {
    next: async () => {
      const next = first ?? (await pieces.next());
      first = undefined;
      return next;
    },
    return: async () => {
      first = undefined;
      return (await pieces.return?.()) ?? { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => rest,
  };
  return rest;
};
