import type { MediaId } from '../../domain/kernel/ids.js';
import type { SignLinks } from '../ports/media-links.js';
import type { AttachmentView } from '../ports/message-views.js';

/** The fields under which answers and frames hold messages, and answers hold profiles. */
const HOLDERS = [
  ...(['message', 'messages', 'lastMessage', 'conversation', 'conversations', 'pins'] as const),
  ...(['users', 'contacts', 'blocks'] as const),
] as const;

type Held = Partial<Record<(typeof HOLDERS)[number], unknown>> & {
  readonly attachments?: readonly AttachmentView[];
  readonly avatarMediaId?: MediaId | null;
};

/** A file that auditors are shown has no links. */
const linkedAttachment = (file: Partial<AttachmentView> & Pick<AttachmentView, 'mediaId'>, sign: SignLinks): object => {
  if (file.url === undefined) return file;
  const { content, thumbnail } = sign(file.mediaId);
  const url = `${file.url}?link=${content}`;
  return file.thumbnailUrl === undefined
    ? { ...file, url }
    : { ...file, url, thumbnailUrl: `${file.thumbnailUrl}?link=${thumbnail}` };
};

/** A profile has paths only where they are signed: frames for many sockets show the id alone, and are the same for all. */
const avatarLinks = (mediaId: MediaId, sign: SignLinks): object => {
  const { content, thumbnail } = sign(mediaId);
  const url = `/media/v1/${mediaId}`;
  return { avatarUrl: `${url}?link=${content}`, avatarThumbnailUrl: `${url}/thumbnail?link=${thumbnail}` };
};

/** Answers the fields of which something has links. It is called of each message that is sent to anybody. */
const linkedHolders = (held: Held, sign: SignLinks): readonly (readonly [string, object])[] => {
  const changed: (readonly [string, object])[] = [];
  for (const field of HOLDERS) {
    const inner = held[field];
    if (typeof inner !== 'object' || inner === null) continue;
    const made = linked(inner, sign);
    if (made !== inner) changed.push([field, made]);
  }
  return changed;
};

const linkedFields = (held: Held, sign: SignLinks): object => {
  const { attachments = [], avatarMediaId = null } = held;
  const changed = linkedHolders(held, sign);
  if (attachments.length === 0 && changed.length === 0 && avatarMediaId === null) return held;
  return {
    ...held,
    ...(attachments.length > 0 && { attachments: attachments.map((file) => linkedAttachment(file, sign)) }),
    ...(avatarMediaId !== null && avatarLinks(avatarMediaId, sign)),
    ...Object.fromEntries(changed),
  };
};

const linkedItems = (items: readonly object[], sign: SignLinks): readonly object[] => {
  const made = items.map((each) => linkedFields(each, sign));
  return made.every((each, index) => each === items[index]) ? items : made;
};

/**
 * Answers the same with signed links to the files that messages carry, wherever these stand in an answer or a frame, and to
 * the images of profiles in an answer; the very same object where there are none. It is called where these leave, so that none
 * is forgotten.
 */
export const linked = (content: object, sign: SignLinks): object =>
  Array.isArray(content) ? linkedItems(content as readonly object[], sign) : linkedFields(content, sign);
