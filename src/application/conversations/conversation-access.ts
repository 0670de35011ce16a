import type { ConversationCommands } from '../../domain/conversations/commands.js';
import { conversation } from '../../domain/conversations/decider.js';
import type { ConversationEvents } from '../../domain/conversations/events.js';
import { requireMember } from '../../domain/conversations/membership.js';
import type { ConversationState, StartedConversation } from '../../domain/conversations/state.js';
import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import { unchanged } from '../kernel/loaded.js';
import { remember } from '../kernel/remembered.js';
import type { EventStore, StreamCondition } from '../ports/event-store.js';
import type { RequireUsers } from './require-users.js';

const MEBIBYTE = 1_048_576;
const MOST_BYTES = 64 * MEBIBYTE;
/** Measured: the bytes that a conversation takes, and each of its members. */
const BYTES = 600;
const BYTES_OF_A_MEMBER = 90;

const bytesOf = (state: ConversationState): number =>
  BYTES + (state.status === 'started' ? state.members.size : 0) * BYTES_OF_A_MEMBER;

/** A conversation as a member found it, and the conditions under which they still do. */
export interface Membership {
  readonly conversation: StartedConversation;
  readonly conditions: readonly StreamCondition[];
}

/** Checks what a user may do in a conversation. What it remembers may be old: the append is conditional on that revision. */
export interface ConversationAccess {
  /** The user has to be a member. Rejects `conversation_not_found`. */
  requireMember(conversationId: ConversationId, actor: UserId, attempt: number): Promise<Membership>;
  /** The user has to be one who may write: in a direct conversation the other has not blocked them. */
  requirePoster(conversationId: ConversationId, actor: UserId, attempt: number): Promise<Membership>;
}

const isMemberIn = (state: ConversationState, user: UserId): boolean =>
  state.status === 'started' && state.members.has(user);

export const conversationAccess = (store: EventStore, users: RequireUsers): ConversationAccess => {
  const conversations = remember<ConversationId, ConversationCommands, ConversationEvents, ConversationState>(
    store,
    conversation,
    { most: MOST_BYTES, weightOf: bytesOf },
  );

  /** A user who was no member when it was read may be one now: the log is asked before it is rejected. */
  const find = (conversationId: ConversationId, actor: UserId, attempt: number) =>
    conversations.find(conversationId, (state) => isMemberIn(state, actor), attempt);

  return {
    requireMember: async (conversationId, actor, attempt) => {
      const found = await find(conversationId, actor, attempt);
      return { conversation: requireMember(found.state, actor), conditions: [unchanged(found)] };
    },
    requirePoster: async (conversationId, actor, attempt) => {
      const found = await find(conversationId, actor, attempt);
      const member = requireMember(found.state, actor);
      const membership = unchanged(found);
      const other = member.kind === 'direct' && [...member.members.keys()].find((userId) => userId !== actor);
      const reachable = other ? [await users.reachable(other, actor, attempt, 'recipient_unavailable')] : [];
      return { conversation: member, conditions: [membership, ...reachable] };
    },
  };
};
