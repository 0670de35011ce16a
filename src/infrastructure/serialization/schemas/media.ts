import { z } from 'zod';
import type { MediaEvents } from '../../../domain/media/events.js';
import { schemasOf } from './event-schemas.js';
import { instant, mediaId, messageId, sha256, text, userId } from './fields.js';
import { personalIn } from './personal-in.js';

const pixels = z.int().min(1).nullable();

export const mediaSchemas = schemasOf<MediaEvents>()({
  MediaUploaded: z.strictObject({
    mediaId,
    uploaderId: userId,
    name: text.nullable(),
    contentType: text,
    size: z.int().min(1),
    sha256,
    width: pixels,
    height: pixels,
    uploadedAt: instant,
  }),
  MediaAttached: z.strictObject({ mediaId, uploaderId: userId, messageId, attachedAt: instant }),
  MediaAttachedToProfile: z.strictObject({ mediaId, uploaderId: userId, attachedAt: instant }),
  MediaRemoved: z.strictObject({ mediaId, uploaderId: userId, removedAt: instant }),
});

/** The hash is personal too: it tells who had a file that is known elsewhere. */
export const mediaPersonal = personalIn<MediaEvents>({
  MediaUploaded: { of: 'uploaderId', boundSince: 1, fields: ['name', 'sha256'] },
});
