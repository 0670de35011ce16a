import type { ConversationId } from '../../domain/kernel/ids.js';
import type { ConversationNotice, Notice } from './notice.js';

const conversationOf = (notice: Notice): ConversationId | undefined => {
  if (notice.kind === 'message.sent') return notice.sent.conversationId;
  if (notice.kind === 'message.read') return notice.read.conversationId;
  return notice.kind === 'conversation' ? notice.conversationId : undefined;
};

const isAlike = (one: Notice | undefined, other: Notice): one is ConversationNotice =>
  one?.kind === 'conversation' && other.kind === 'conversation' && one.change === other.change;

const joined = (first: ConversationNotice, next: ConversationNotice): ConversationNotice => ({
  ...first,
  joining: [...first.joining, ...next.joining],
  roles: [...first.roles, ...next.roles],
  leaving: [...first.leaving, ...next.leaving],
});

/**
 * Makes one notice of changes of one kind to one conversation, as long as nothing else happens in it between them. It
 * stands where the first of them does: a client that got it and then broke off is told the others again, and loses none.
 */
export const coalesceNotices = (notices: readonly Notice[]): Notice[] => {
  const coalesced: Notice[] = [];
  const newest = new Map<ConversationId, number>();
  for (const notice of notices) {
    const conversationId = conversationOf(notice);
    const index = conversationId === undefined ? undefined : newest.get(conversationId);
    const before = index === undefined ? undefined : coalesced[index];
    if (index !== undefined && notice.kind === 'conversation' && isAlike(before, notice))
      coalesced[index] = joined(before, notice);
    else {
      coalesced.push(notice);
      if (conversationId !== undefined) newest.set(conversationId, coalesced.length - 1);
    }
  }
  return coalesced;
};
