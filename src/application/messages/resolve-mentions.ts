import type { StartedConversation } from '../../domain/conversations/state.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { ALL, mentionsIn } from '../../domain/messages/mentions.js';
import type { UserLookup } from '../users/user-lookup.js';

/** The part of a conversation that mentions depend on. */
export type Mentionable = Pick<StartedConversation, 'kind' | 'members'>;

/** Answers the members whom a text mentions, in its order, each once, its author left out. A text without an @ reads nothing. */
export type ResolveMentions = (text: string, among: Mentionable, by: UserId) => Promise<readonly UserId[]>;

const mayMentionAll = ({ kind, members }: Mentionable, by: UserId): boolean =>
  kind === 'group' && ['owner', 'admin'].includes(members.get(by) ?? '');

export const resolveMentions =
  (lookup: Pick<UserLookup, 'byUsernames'>): ResolveMentions =>
  async (text, among, by) => {
    const mentions = mentionsIn(text);
    if (mentions.length === 0) return [];
    const all = mayMentionAll(among, by) ? [...among.members.keys()] : undefined;
    const found = await lookup.byUsernames(mentions.flat());
    const mentioned = mentions.flatMap((spellings) => {
      if (all && spellings.includes(ALL)) return all;
      const userIds = spellings.flatMap((name) => found.get(name) ?? []);
      return userIds.find((userId) => among.members.has(userId)) ?? [];
    });
    return [...new Set(mentioned)].filter((userId) => userId !== by);
  };
