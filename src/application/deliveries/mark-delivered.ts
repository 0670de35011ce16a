import { delivery } from '../../domain/deliveries/decider.js';
import type { ConversationId, MessageId, Position } from '../../domain/kernel/ids.js';
import type { UserState } from '../../domain/users/state.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decisionInAnyOrder } from '../kernel/decision.js';
import { unchanged } from '../kernel/loaded.js';
import type { Transact } from '../kernel/transact.js';
import type { Users } from '../users/remembered-users.js';

/** A message that has come to a user. */
export interface Delivered {
  readonly conversationId: ConversationId;
  readonly messageId: MessageId;
  readonly messagePosition: Position;
}

const showsReceipts = (state: UserState): boolean => state.status === 'registered' && state.settings.readReceipts;

/**
 * Records what has come to the devices of the actor, of each conversation at most one message, in one append. Nothing is recorded of
 * a user who shows no receipts: nobody may see it. No stream is read, as the facts hold in any order: two servers never get in
 * each other's way.
 */
export const markDelivered =
  (transact: Transact, users: Users) => async (delivered: readonly Delivered[], context: CommandContext) => {
    const { actor: by, now: at } = context;
    await transact(context, async (attempt) => {
      // One who shows none, as far as is remembered, is looked up: nothing is appended then that would show the memory to be old.
      const recipient = await users.find(by, showsReceipts, attempt);
      const isShown = showsReceipts(recipient.state);
      const decisions = (isShown ? delivered : []).map((each) =>
        decisionInAnyOrder(delivery, `${each.conversationId}-${by}`, {
          type: 'MarkDelivered',
          data: { ...each, by, at },
        }),
      );
      // If receipts were switched off a moment ago, or the user erased, the append is refused, and decided again.
      return { decisions, require: [unchanged(recipient)], answer: () => ({}) };
    });
  };

export type MarkDelivered = ReturnType<typeof markDelivered>;
