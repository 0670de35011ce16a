import type { ImageRefusal, Measured } from '../../application/ports/images.js';

/** What was made, and of how many bytes the image and its thumbnail are. */
export interface MadeReport {
  readonly measured: Measured;
  readonly bytes: readonly [image: number, thumbnail: number];
}

/** What the program says of an image before it gives it, or why it gives none. */
export type ImageReport = MadeReport | { readonly refused: ImageRefusal };

export const MAX_REPORT_BYTES = 200;

const MADE = /^made (image\/(?:jpeg|png|gif|webp|avif)) (\d{1,8}) (\d{1,8}) (\d{1,10}) (\d{1,8})$/;
const REFUSED = /^refused (image_damaged|image_too_large|image_too_many_frames)$/;

export const writeReport = (report: ImageReport): string => {
  if ('refused' in report) return `refused ${report.refused}\n`;
  const { contentType, width, height } = report.measured;
  return `made ${[contentType, width, height, ...report.bytes].join(' ')}\n`;
};

/** Reads the line. A program that an image has taken over may write anything: what is no report is `undefined`. */
export const readReport = (line: string): ImageReport | undefined => {
  const refused = REFUSED.exec(line);
  if (refused) return { refused: refused[1] as ImageRefusal };
  const made = MADE.exec(line);
  if (!made) return undefined;
  const [width, height, image, thumbnail] = made.slice(2).map(Number) as [number, number, number, number];
  return { measured: { contentType: String(made[1]), width, height }, bytes: [image, thumbnail] };
};
