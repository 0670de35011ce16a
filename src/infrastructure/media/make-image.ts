import sharp, { type Metadata, type Sharp } from 'sharp';
import type { ImageRefusal } from '../../application/ports/images.js';
import { MAX_FRAMES, MAX_PIXELS, THUMBNAIL_PIXELS } from './image-limits.js';
import type { ImageReport } from './image-report.js';

/** The image and its thumbnail, or why there is none. */
export interface MadeImage {
  readonly report: ImageReport;
  readonly parts: readonly Buffer[];
}

// One image at a time is all that a process does. No library but these is given bytes of strangers.
sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: ['VipsForeignLoad'] });
const LOADERS = ['Jpeg', 'Png', 'Nsgif', 'Webp', 'Heif'];
sharp.unblock({ operation: LOADERS.map((name) => `VipsForeignLoad${name}`) });

/** How each format is written. Metadata is never written: no position, no camera, no profile. */
const FORMATS: Readonly<Record<string, { readonly type: string; readonly write: (image: Sharp) => Sharp }>> = {
  jpeg: { type: 'image/jpeg', write: (image) => image.jpeg({ quality: 88 }) },
  png: { type: 'image/png', write: (image) => image.png() },
  gif: { type: 'image/gif', write: (image) => image.gif() },
  webp: { type: 'image/webp', write: (image) => image.webp({ quality: 85 }) },
  heif: { type: 'image/avif', write: (image) => image.avif({ quality: 60, effort: 2 }) },
};

const refused = (reason: ImageRefusal): MadeImage => ({ report: { refused: reason }, parts: [] });

const refusalOf = ({ width, height, pages = 1 }: Metadata): ImageRefusal | undefined => {
  if (pages > MAX_FRAMES) return 'image_too_many_frames';
  return width * height * pages > MAX_PIXELS ? 'image_too_large' : undefined;
};

const make = async (bytes: Buffer): Promise<MadeImage> => {
  // Its header alone is read, of the first frame: whatever it says, nothing is decoded yet.
  const metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  const refusal = refusalOf(metadata);
  if (refusal) return refused(refusal);
  const format = FORMATS[metadata.format];
  if (!format) return refused('image_damaged');
  const limits = { limitInputPixels: MAX_PIXELS, failOn: 'error' } as const;
  const whole = sharp(bytes, { ...limits, animated: true }).autoOrient();
  const { data: image, info } = await format.write(whole).toBuffer({ resolveWithObject: true });
  const thumbnail = await sharp(bytes, limits)
    .autoOrient()
    .resize(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer();
  const { width, height, pageHeight } = info;
  const measured = { width, height: pageHeight ?? height, contentType: format.type };
  return { report: { measured, bytes: [image.length, thumbnail.length] }, parts: [image, thumbnail] };
};

/** Makes an image anew, and a thumbnail of it. */
export const makeImage = async (bytes: Buffer): Promise<MadeImage> => {
  try {
    return await make(bytes);
  } catch {
    return refused('image_damaged'); // What cannot be decoded is not to be kept, whatever the decoder says of it.
  }
};
