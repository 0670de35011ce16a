import { Counter, type Registry } from 'prom-client';

/** What has gone by the rules of retention on this node. */
export const createRetentionMetrics = (registry: Registry) => {
  const registers = [registry];
  return {
    expiredMessages: new Counter({
      name: 'chatapp_expired_messages_total',
      help: 'Messages that have gone by the rules of retention.',
      registers,
    }),
    expiredFiles: new Counter({
      name: 'chatapp_expired_files_total',
      help: 'Files that have gone with messages by the rules of retention.',
      registers,
    }),
  };
};
