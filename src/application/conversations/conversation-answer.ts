import type { UserId } from '../../domain/kernel/ids.js';
import type { ConversationView, MemberView } from '../ports/conversation-views.js';
import type { PublicProfile, UserDirectory } from '../ports/user-directory.js';

/** A member with their names. */
export type NamedMember = MemberView & Pick<PublicProfile, 'username' | 'displayName'>;

/** A conversation as it is answered. */
export type ConversationAnswer = Omit<ConversationView, 'members'> & { readonly members: readonly NamedMember[] };

/** Adds the names of a member. A member whose registration has not been projected yet has empty names. */
export const nameMember = (profiles: ReadonlyMap<UserId, PublicProfile>, member: MemberView): NamedMember => {
  const { username = '', displayName = '' } = profiles.get(member.userId) ?? {};
  return { userId: member.userId, username, displayName, role: member.role, joinedAt: member.joinedAt };
};

/** Adds the names of all members. */
export const nameMembers = async (
  directory: UserDirectory,
  conversations: readonly ConversationView[],
): Promise<ConversationAnswer[]> => {
  const userIds = new Set(conversations.flatMap(({ members }) => members.map(({ userId }) => userId)));
  const profiles = await directory.profiles([...userIds]);
  return conversations.map((each) => ({
    ...each,
    members: each.members.map((member) => nameMember(profiles, member)),
  }));
};
