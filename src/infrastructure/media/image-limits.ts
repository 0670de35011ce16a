/** The most pixels of an image, all of its frames together. Measured: 50 million of noise take 700 MiB, and 3 to 5 s. */
export const MAX_PIXELS = 50_000_000;
export const MAX_FRAMES = 500;
/** The longest that an image may take, in milliseconds. */
export const LONGEST_MS = 30_000;
/** The pixels of the longer side of a thumbnail. */
export const THUMBNAIL_PIXELS = 320;
