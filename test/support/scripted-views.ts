import type {
  ChangedConversation,
  ConversationViews,
  UnseenConversation,
} from '../../src/application/ports/conversation-views.js';
import type { UserDirectory } from '../../src/application/ports/user-directory.js';
import type { MessageView } from '../../src/application/ports/message-views.js';
import type { ConversationId, MessageId, UserId } from '../../src/domain/kernel/ids.js';
import type { DeliveryDataParts } from '../../src/interfaces/ws/delivery-data.js';
import { at, positionOf } from './ids.js';

/** Read models that answer what the test says, and note what they are asked. */
export class ScriptedViews {
  readonly asked: (readonly [string, unknown])[] = [];
  readonly sequences = new Map<MessageId, number>();
  /** The messages as they are now. */
  messages: MessageView[] = [];
  /** The conversations that are found for each change, in order; the rest is unknown. */
  changed: (ChangedConversation | undefined)[] = [];
  /** The conversations in which each erasure changed something. */
  changedByErasure: UnseenConversation[] = [];
  memberships: { readonly userId: UserId; readonly conversationId: ConversationId }[] = [];

  readonly parts: DeliveryDataParts = {
    sequences: { sequences: this.#answer('sequences', () => this.sequences) },
    messages: { findSome: this.#answer('findSome', () => this.messages) },
    conversations: {
      findChanged: this.#answer('findChanged', () => this.changed),
      changedByErasure: this.#answer('changedByErasure', () => this.changedByErasure),
      membershipsOf: this.#answer('membershipsOf', () => this.memberships),
    } as unknown as ConversationViews,
    directory: {
      profiles: this.#answer(
        'profiles',
        (userIds: readonly UserId[]) => new Map(userIds.map((each) => [each, profileOf(each)])),
      ),
    } as unknown as UserDirectory,
  };

  #answer<Asked, Answer>(query: string, answer: (asked: Asked) => Answer) {
    return async (asked: Asked): Promise<Answer> => {
      this.asked.push([query, asked]);
      return answer(asked);
    };
  }
}

export const profileOf = (userId: UserId) => ({
  userId,
  username: `u${userId.slice(-4)}`,
  displayName: `U ${userId.slice(-4)}`,
  bio: null,
  avatarMediaId: null,
});

export const memberOf = (userId: UserId) => ({ userId, role: 'member' as const, joinedAt: at(20) });

/** Makes a group as all of these members see it alike. */
export const changedGroup = (
  conversationId: ConversationId,
  members: readonly UserId[],
  removedSince: readonly UserId[] = [],
): ChangedConversation => ({
  conversationId,
  kind: 'group',
  title: 'Engines',
  members: members.map(memberOf),
  memberCount: members.length,
  createdAt: at(0),
  position: positionOf(9),
  areMembersShifted: false,
  preferences: new Map(),
  removedSince: new Set(removedSince),
  lastBeforeJoining: null,
});
