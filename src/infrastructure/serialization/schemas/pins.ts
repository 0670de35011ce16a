import { z } from 'zod';
import type { PinEvents } from '../../../domain/pins/events.js';
import { schemasOf } from './event-schemas.js';
import { conversationId, instant, messageId, userId } from './fields.js';

export const pinSchemas = schemasOf<PinEvents>()({
  MessagePinned: z.strictObject({ messageId, conversationId, pinnedBy: userId, pinnedAt: instant }),
  MessageUnpinned: z.strictObject({ messageId, conversationId, unpinnedBy: userId, unpinnedAt: instant }),
});
