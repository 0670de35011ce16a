import type { Instant, MediaId, MessageId, UserId } from '../../domain/kernel/ids.js';
import { media, requireOwn, type MediaState } from '../../domain/media/decider.js';
import type { Attachment } from '../../domain/messages/attachments.js';
import { decisionOn, type Decision } from '../kernel/decision.js';
import { load } from '../kernel/loaded.js';
import type { EventStore } from '../ports/event-store.js';

/** The message that carries the files, and its sender. */
interface Carrier {
  readonly messageId: MessageId;
  readonly by: UserId;
  readonly at: Instant;
}

/** Files as a message tells of them, and what keeps them: it is appended with the message. */
interface Attached {
  readonly attachments: readonly Attachment[];
  readonly attaching: readonly Decision<MediaState>[];
}

/** Finds the files that a message is to carry. Without any, it reads nothing. Rejects `media_not_found`. */
export type AttachMedia = (mediaIds: readonly MediaId[], carrier: Carrier) => Promise<Attached>;

export const attachMedia =
  (store: EventStore): AttachMedia =>
  async (mediaIds, carrier) => {
    if (mediaIds.length === 0) return { attachments: [], attaching: [] };
    const files = await Promise.all(mediaIds.map((mediaId) => load(store, media, mediaId)));
    const attachments = files.map(({ state }) => {
      const { mediaId, contentType, size, name, width, height } = requireOwn(state, carrier.by);
      return { mediaId, contentType, size, name, width, height };
    });
    const attaching = files.map((file, index) => {
      const { mediaId } = attachments[index] as Attachment;
      return decisionOn(media, file, { type: 'AttachMedia', data: { mediaId, ...carrier } });
    });
    return { attachments, attaching };
  };
