import type { MessageId } from '../../domain/kernel/ids.js';

/** The ordinals that the `messages` projection gave: asked for once it has announced the messages' positions. */
export interface ProjectedMessages {
  /** Of messages that have been projected; from memory where this node projected them, else from the read model. */
  sequences(messageIds: readonly MessageId[]): Promise<ReadonlyMap<MessageId, number>>;
}
