import { conversation } from '../../domain/conversations/decider.js';
import type { ConversationState } from '../../domain/conversations/state.js';
import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { ConversationAccess } from '../conversations/conversation-access.js';
import type { RequireUsers } from '../conversations/require-users.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision, type Decision } from '../kernel/decision.js';
import type { StreamCondition } from '../ports/event-store.js';
import type { Identifiers } from '../ports/identifiers.js';
import type { UserLookup } from '../users/user-lookup.js';
import type { ResolveMentions } from './resolve-mentions.js';

/** The addressee of a message: a conversation, or a user by id or username. */
export type Addressee =
  { readonly conversationId: ConversationId } | { readonly recipientId: UserId } | { readonly recipient: string };

/** The conversation that a message goes to, and the conditions for it. */
interface Destination {
  readonly conversationId: ConversationId;
  readonly conditions: readonly StreamCondition[];
  /** Answers the members whom a text mentions. */
  readonly mentionsIn: (text: string) => Promise<readonly UserId[]>;
  /** Starts the direct conversation, where there is none yet. */
  readonly starting: readonly Decision<ConversationState>[];
}

export interface DestinationParts {
  readonly access: ConversationAccess;
  readonly identifiers: Identifiers;
  readonly lookup: UserLookup;
  readonly requireUsers: RequireUsers;
  readonly resolveMentions: ResolveMentions;
}

/** Finds the conversation that a message goes to. */
export type FindDestination = (to: Addressee, context: CommandContext, attempt: number) => Promise<Destination>;

export const findDestination = (parts: DestinationParts): FindDestination => {
  const { access, identifiers, lookup, requireUsers, resolveMentions } = parts;
  const recipientOf = async (to: Exclude<Addressee, { conversationId: unknown }>): Promise<UserId> =>
    'recipientId' in to ? to.recipientId : ((await lookup.byUsername(to.recipient)) ?? reject('recipient_not_found'));

  return async (to, { actor: by, now: at }, attempt) => {
    if ('conversationId' in to) {
      const { conversationId } = to;
      const { conversation: found, conditions } = await access.requirePoster(conversationId, by, attempt);
      const mentionsIn = (text: string) => resolveMentions(text, found, by);
      return { conversationId, conditions, mentionsIn, starting: [] };
    }
    const recipient = await recipientOf(to);
    const conversationId = identifiers.directConversationId(by, recipient);
    const command = { type: 'StartDirectConversation', data: { conversationId, with: recipient, by, at } } as const;
    const members = new Map([by, recipient].map((userId) => [userId, 'member' as const]));
    return {
      conversationId,
      mentionsIn: (text) => resolveMentions(text, { kind: 'direct', members }, by),
      conditions: recipient === by ? [] : [await requireUsers.reachable(recipient, by, attempt, 'recipient_not_found')],
      starting: [decision(conversation, conversationId, command)],
    };
  };
};
