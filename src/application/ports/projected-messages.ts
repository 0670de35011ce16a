import type { MessageId, Position } from "../../domain/kernel/ids.js";

/** The ordinals that the `messages` projection gave: read by the live gateway once the projection has announced them. */
export interface ProjectedMessages {
  /** The ordinal of each message sent in `after < position <= upTo`, from memory where this node projected them, else from the read model. */
  sequences(
    after: Position,
    upTo: Position,
    messageIds: readonly MessageId[],
  ): Promise<ReadonlyMap<MessageId, number>>;
}
