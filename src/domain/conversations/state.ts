import type { UserId } from '../kernel/ids.js';
import type { ConversationKind, Role } from './events.js';

export interface StartedConversation {
  readonly status: 'started';
  readonly kind: ConversationKind;
  readonly title: string | null;
  readonly members: ReadonlyMap<UserId, Role>;
}

export type ConversationState = { readonly status: 'absent' } | StartedConversation;
