import type { ArrivalState, DeliveryViews } from '../../../application/ports/delivery-views.js';
import { memberKey, type MessagesTables } from '../../../application/projections/messages-tables.js';
import { comparePositions, hasReached } from '../../../domain/kernel/position.js';

/** What has come to users, in memory. */
export const deliveryViewsInMemory = (tables: () => MessagesTables): DeliveryViews => ({
  statesOf: async (arrivals) =>
    arrivals.map(({ userId, messageId }): ArrivalState => {
      const { messages, members, deliveries } = tables();
      const message = messages.get(messageId);
      const member = message && members.get(memberKey(message.conversationId, userId));
      const isTold = [...deliveries.values()].some(
        (each) => each.conversationId === message?.conversationId && each.userId === userId && each.seq >= message.seq,
      );
      const isUnread = message !== undefined && member !== undefined && member.active && member.readSeq < message.seq;
      return { sentPosition: message?.sentPosition, isNew: isUnread && !isTold };
    }),
  unreadUpTo: async (places) =>
    places.flatMap(({ userId, position }) => {
      const { messages, members } = tables();
      return [...members.values()]
        .filter((member) => member.userId === userId && member.active)
        .flatMap(({ conversationId, readSeq }) => {
          const newest = [...messages.values()]
            .filter((each) => each.conversationId === conversationId && hasReached(position, each.sentPosition))
            .sort((one, other) => comparePositions(one.sentPosition, other.sentPosition))
            .at(-1);
          return newest && newest.seq > readSeq ? [{ userId, conversationId, messageId: newest.messageId }] : [];
        });
    }),
  deliveredTo: async (userId, after, limit) => {
    const key = ({ conversationId, seq }: { readonly conversationId: string; readonly seq: number }) =>
      `${conversationId} ${String(seq).padStart(15, '0')}`;
    return [...tables().deliveries.values()]
      .filter((row) => row.userId === userId && (after === null || key(row) > key(after)))
      .sort((one, other) => (key(one) < key(other) ? -1 : 1))
      .slice(0, limit)
      .map(({ conversationId, seq, messageId, deliveredAt }) => ({ conversationId, seq, messageId, deliveredAt }));
  },
});
