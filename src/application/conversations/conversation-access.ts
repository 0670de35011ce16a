import { conversation } from '../../domain/conversations/decider.js';
import { requireMember } from '../../domain/conversations/membership.js';
import type { ConversationState } from '../../domain/conversations/state.js';
import type { ConversationId, UserId } from '../../domain/kernel/ids.js';
import { load, type Loaded } from '../kernel/loaded.js';
import type { EventStore, StreamCondition } from '../ports/event-store.js';
import type { RequirePeople } from './require-people.js';

const KEPT = 20_000;

/** Who may do what in a conversation. What it remembers may be old: the append is conditional on the revision it saw. */
export interface ConversationAccess {
  /** The condition under which the person is a member. `fresh` reads the log again. Rejects `conversation_not_found`. */
  requireMember(
    conversationId: ConversationId,
    actor: UserId,
    options?: { readonly fresh: boolean },
  ): Promise<StreamCondition>;
  /** The conditions under which the person may write: in a direct conversation the other has not blocked them. */
  requirePoster(conversationId: ConversationId, actor: UserId, attempt: number): Promise<readonly StreamCondition[]>;
  /** Whether the person is a member now. */
  isMember(conversationId: ConversationId, person: UserId): Promise<boolean>;
}

export const conversationAccess = (store: EventStore, people: RequirePeople): ConversationAccess => {
  const kept = new Map<ConversationId, Loaded<ConversationState>>();

  const loading = new Map<ConversationId, Promise<Loaded<ConversationState>>>();

  /** Those who ask while it is being read wait for the same answer, and so go on in the order in which they came. */
  const readAgain = (conversationId: ConversationId): Promise<Loaded<ConversationState>> => {
    const reading = loading.get(conversationId) ?? keep(conversationId).finally(() => loading.delete(conversationId));
    loading.set(conversationId, reading);
    return reading;
  };

  const keep = async (conversationId: ConversationId): Promise<Loaded<ConversationState>> => {
    const loaded = await load(store, conversation, conversationId);
    kept.delete(conversationId);
    if (loaded.state.status === 'started') kept.set(conversationId, loaded);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return loaded;
  };

  const find = async (conversationId: ConversationId, actor: UserId, fresh: boolean) => {
    // A reading under way may have begun before the change that a fresh one is asked for.
    if (fresh) loading.delete(conversationId);
    const known = fresh ? undefined : kept.get(conversationId);
    // Somebody who was no member when it was read may be one now: read again before refusing.
    const isMember = known?.state.status === 'started' && known.state.members.has(actor);
    const { state, streamId, revision } = known && isMember ? known : await readAgain(conversationId);
    const { kind, members } = requireMember(state, actor);
    return { condition: { streamId, expected: revision }, kind, members };
  };

  return {
    requireMember: async (conversationId, actor, { fresh } = { fresh: false }) =>
      (await find(conversationId, actor, fresh)).condition,
    requirePoster: async (conversationId, actor, attempt) => {
      const { condition, kind, members } = await find(conversationId, actor, attempt > 0);
      const other = kind === 'direct' && [...members.keys()].find((userId) => userId !== actor);
      return other ? [condition, await people.reachable(other, actor, attempt, 'recipient_unavailable')] : [condition];
    },
    isMember: async (conversationId, person) => {
      const { state } = await readAgain(conversationId);
      return state.status === 'started' && state.members.has(person);
    },
  };
};
