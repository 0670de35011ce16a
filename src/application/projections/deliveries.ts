import type { DeliveryEvents } from '../../domain/deliveries/events.js';
import { memberKey, type MessagesTables } from './messages-tables.js';
import type { Projected, Projector } from './projector.js';
import { putNewRow } from './rows.js';

/** What has come to the devices of members, and when. */
export interface DeliveryWriter {
  /** Everything up to a message. */
  mark(event: Projected<DeliveryEvents['MessagesDelivered']>): void;
}

/** Receipts of delivery. What is unread does not depend on them. */
export const deliveries: Projector<DeliveryEvents, { readonly deliveries: DeliveryWriter }> = {
  name: 'deliveries',
  on: { MessagesDelivered: (write, event) => write.deliveries.mark(event) },
};

/** Carries out what these events mean: one row a watermark, so that each message keeps the time of the first that reached it. */
export const deliveryRows = (tables: MessagesTables): DeliveryWriter => ({
  mark: ({ data, position }) => {
    const { conversationId, userId, messageId, deliveredAt } = data;
    const message = tables.messages.get(messageId);
    if (!message) return;
    const { seq } = message;
    const row = { conversationId, userId, seq, messageId, deliveredAt, position };
    putNewRow(tables.deliveries, `${memberKey(conversationId, userId)} ${seq}`, row);
  },
});
