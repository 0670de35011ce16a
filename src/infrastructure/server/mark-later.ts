import { setFlagsFromString } from 'node:v8';

/** In percent of the room that a heap has to grow: from when on it is marked beside the work, and instead of it. */
const FLAGS = ['--incremental-marking-soft-trigger=70', '--incremental-marking-hard-trigger=90'];

/**
 * Lets the garbage collector mark the whole heap later. By itself it begins as soon as a heap of 40 MiB has grown by 8, as it
 * keeps as much free as young objects may take: that was at every sixtieth page of an auditor, and stood in the way of each
 * for 20 to 35 ms. The limits of the heap stay as they are.
 */
export const markLater = (): void => {
  for (const flag of FLAGS) setFlagsFromString(flag);
};
