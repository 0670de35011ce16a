import type { MessageId } from '../../domain/kernel/ids.js';

/** The ordinals that the `messages` projection gave. They are asked for once it has announced the messages' positions. */
export interface ProjectedMessages {
  /** Answers the ordinals of projected messages: from memory where this node projected them, otherwise from the read model. */
  sequences(messageIds: readonly MessageId[]): Promise<ReadonlyMap<MessageId, number>>;
}
