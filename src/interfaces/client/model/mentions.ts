import type { Conversation, Message } from '../wire.js';
import { readSeqOf } from './fold-conversation.js';
import type { History } from './history.js';

export const isMentioned = (me: string, message: Message | undefined): boolean =>
  message?.mentions.includes(me) ?? false;

/** Counts the unread messages that mention the user; undefined where not all of them are known. */
export const countedMentions = (history: History, conversation: Conversation, me: string): number | undefined =>
  history
    .between(readSeqOf(conversation), conversation.lastMessage?.seq ?? 0)
    ?.filter((message) => isMentioned(me, message)).length;
