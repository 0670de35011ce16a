import type { PresenceFrame, ReceiptsFrame } from '../wire.js';
import { Marks } from './marks.js';
import { Typing } from './typing.js';

export type PresenceMark = Omit<PresenceFrame, 'userId'>;

/** What others do: how far they have got and read the messages, whether they are there, and where they type. */
export class Others {
  readonly typing = new Typing();
  readonly reads = new Marks();
  readonly deliveries = new Marks();
  readonly #presence = new Map<string, PresenceMark>();

  presence(userId: string): PresenceMark | undefined {
    return this.#presence.get(userId);
  }

  /** Takes in receipts that were collected; an entry of the user's own says nothing that other frames do not. */
  receipts({ conversationId, receipts }: ReceiptsFrame, me: string): void {
    for (const receipt of receipts.filter(({ userId }) => userId !== me)) {
      const { userId, readMessageId = '', readSeq: readUpTo = 0, readAt = '' } = receipt;
      const { deliveredMessageId = '', deliveredSeq: deliveredUpTo = 0, deliveredAt = '' } = receipt;
      this.reads.move(conversationId, userId, { messageId: readMessageId, seq: readUpTo, at: readAt });
      const delivered = { messageId: deliveredMessageId, seq: deliveredUpTo, at: deliveredAt };
      this.deliveries.move(conversationId, userId, delivered);
    }
  }

  present({ userId, status, lastSeenAt }: PresenceFrame): void {
    this.#presence.set(userId, { status, ...(lastSeenAt !== undefined && { lastSeenAt }) });
  }

  forget(conversationId: string): void {
    this.reads.forget(conversationId);
    this.deliveries.forget(conversationId);
  }
}
