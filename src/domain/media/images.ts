/** The images that are measured, turned upright, cleaned and shown small. */
const TAKEN = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif']);

/** Images that may tell where they were taken, and that nothing here can clean. */
const REFUSED = new Set(['image/heic', 'image/tiff', 'image/jxl', 'image/jp2']);

/** Says whether a file of this type is made anew before it is kept. */
export const isTakenImage = (contentType: string): boolean => TAKEN.has(contentType);

/** Says whether a file of this type is refused. */
export const isRefusedImage = (contentType: string): boolean => REFUSED.has(contentType);
