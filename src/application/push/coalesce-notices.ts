import type { ConversationId } from '../../domain/kernel/ids.js';
import { messageOf, type ConversationNotice, type Notice } from './notice.js';

const joined = (first: ConversationNotice, next: ConversationNotice): ConversationNotice => ({
  ...first,
  joining: [...first.joining, ...next.joining],
  roles: [...first.roles, ...next.roles],
  leaving: [...first.leaving, ...next.leaving],
});

/**
 * Makes one notice of changes of one kind to one conversation, as long as nothing else happens in it between them. It stands
 * at the first of them: a client that got it and then broke off gets the others again, and loses none.
 */
export const coalesceNotices = (notices: readonly Notice[]): Notice[] => {
  const coalesced: Notice[] = [];
  const newest = new Map<ConversationId, { readonly index: number; readonly change: ConversationNotice }>();
  for (const notice of notices) {
    if (notice.kind === 'conversation') {
      const before = newest.get(notice.conversationId);
      const isAlike = before?.change.change === notice.change;
      const index = isAlike ? before.index : coalesced.length;
      const change = isAlike ? joined(before.change, notice) : notice;
      coalesced[index] = change;
      newest.set(notice.conversationId, { index, change });
    } else {
      coalesced.push(notice);
      if (notice.kind === 'erasure') newest.clear();
      const message = messageOf(notice);
      if (message) newest.delete(message.conversationId);
    }
  }
  return coalesced;
};
