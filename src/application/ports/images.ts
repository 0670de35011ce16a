import type { RejectionCode } from '../../domain/kernel/rejections.js';

/** Why an image is refused. */
export type ImageRefusal = Extract<
  RejectionCode,
  'image_damaged' | 'image_too_large' | 'image_too_many_frames' | 'image_too_costly'
>;

export interface Measured {
  readonly width: number;
  readonly height: number;
  readonly contentType: string;
}

/** Keeps what comes of an image: first the image, then its thumbnail. */
export interface KeepImage {
  image(content: AsyncIterable<Uint8Array>): Promise<void>;
  thumbnail(content: AsyncIterable<Uint8Array>): Promise<void>;
}

/** Makes images anew: upright, and with nothing in them but what is seen. */
export interface Images {
  /**
   * Makes an image and its thumbnail, and has both kept. Raises `ImageRefusedError`, `ImagesOverloadedError`, and whatever the
   * content and the keeping raise.
   */
  process(content: AsyncIterable<Uint8Array>, keep: KeepImage): Promise<Measured>;
}

/** The image is not taken. */
export class ImageRefusedError extends Error {
  override readonly name = 'ImageRefusedError';

  constructor(
    readonly reason: ImageRefusal,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** More images wait than are taken. */
export class ImagesOverloadedError extends Error {
  override readonly name = 'ImagesOverloadedError';
}

/** The type of every thumbnail. */
export const THUMBNAIL_TYPE = 'image/webp';
