import type { MessageEvents } from './events.js';

export type MessageState =
  { readonly status: 'absent' } | ({ readonly status: 'visible' } & Readonly<MessageEvents['MessageSent']>);
