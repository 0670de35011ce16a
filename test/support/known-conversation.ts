import type { Conversation, Member } from '../../src/interfaces/client/wire.js';

export type KnownMember = Member;
export type KnownConversation = Conversation;
