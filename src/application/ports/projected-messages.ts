import type { MessageId } from '../../domain/kernel/ids.js';

/** The ordinals that the `messages` projection gave. They are asked for once it has announced the messages' positions. */
export interface ProjectedMessages {
  /** Answers the ordinals of those messages that have been projected. */
  sequences(messageIds: readonly MessageId[]): Promise<ReadonlyMap<MessageId, number>>;
}
