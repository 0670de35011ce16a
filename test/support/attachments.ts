import type { Attachment } from '../../src/domain/messages/attachments.js';
import { mediaNumber } from './ids.js';

/** A file as a message tells of it: every second one is an image. */
export const attachmentNumber = (n: number): Attachment => ({
  mediaId: mediaNumber(n),
  contentType: n % 2 === 1 ? 'image/png' : 'text/plain',
  size: 1_000 + n,
  name: `file ${n}`,
  width: n % 2 === 1 ? 640 : null,
  height: n % 2 === 1 ? 480 : null,
});
