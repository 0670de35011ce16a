import type { ModelTopic } from './model/known-chats.js';

/** What can be subscribed to. `conversation/<id>` is its messages, reads, pins, who types there, and what is outgoing. */
export type Topic = ModelTopic | 'session' | 'connection' | 'outbox';
