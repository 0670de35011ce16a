import type { Attachment } from '../../domain/messages/attachments.js';
import type { AttachmentView } from '../ports/message-views.js';

/** Shows a file that a message carries. The links are signed where the answer leaves, by `linked`. */
export const attachmentView = (file: Attachment): AttachmentView => {
  const { mediaId, contentType, size, name, width, height } = file;
  const shown = { mediaId, contentType, size, name };
  const url = `/media/v1/${mediaId}`;
  if (width === null || height === null) return { ...shown, url };
  return { ...shown, width, height, url, thumbnailUrl: `${url}/thumbnail` };
};
