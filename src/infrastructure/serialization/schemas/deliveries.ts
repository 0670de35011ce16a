import { z } from 'zod';
import type { DeliveryEvents } from '../../../domain/deliveries/events.js';
import { schemasOf } from './event-schemas.js';
import { conversationId, instant, messageId, position, userId } from './fields.js';

export const deliverySchemas = schemasOf<DeliveryEvents>()({
  MessagesDelivered: z.strictObject({
    conversationId,
    userId,
    messageId,
    messagePosition: position,
    deliveredAt: instant,
  }),
});
