import { z } from 'zod';
import type { StorageEvents } from '../../../domain/storage/events.js';
import { schemasOf } from './event-schemas.js';
import { instant, mediaId, userId } from './fields.js';

const bytes = z.int().min(0);

export const storageSchemas = schemasOf<StorageEvents>()({
  StorageTaken: z.strictObject({ userId, mediaId, bytes, usedBytes: bytes, takenAt: instant }),
  StorageFreed: z.strictObject({ userId, mediaId, bytes, usedBytes: bytes, freedAt: instant }),
});
