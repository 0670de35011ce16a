import { UndecodableEventError } from '../ports/event-store.js';

/**
 * Does work with several together, and answers its number. Where an event that it takes cannot be decoded, it is done with each alone,
 * and what cannot be done then is passed over: it would hold up all that come behind.
 */
export const eachDecodable = async <Item>(
  items: readonly Item[],
  work: (items: readonly Item[]) => Promise<number>,
): Promise<number> => {
  try {
    return await work(items);
  } catch (error) {
    if (!(error instanceof UndecodableEventError)) throw error;
    let done = 0;
    if (items.length > 1) for (const item of items) done += await eachDecodable([item], work);
    return done;
  }
};
