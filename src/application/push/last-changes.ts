import type { Notice } from './notice.js';

/**
 * Leaves out each change of a message behind which another of its kind follows: the frame shows the message as it is by
 * now, so that the last one says everything. A client that breaks off before it gets it by its resume.
 */
export const lastChanges = (notices: readonly Notice[]): Notice[] => {
  const last = new Map<string, Notice>();
  const keyOf = (notice: Notice): string | undefined =>
    notice.kind === 'message.changed' ? `${notice.change} ${notice.messageId}` : undefined;
  for (const notice of notices) {
    const key = keyOf(notice);
    if (key !== undefined) last.set(key, notice);
  }
  if (last.size === 0) return [...notices];
  return notices.filter((notice) => {
    const key = keyOf(notice);
    return key === undefined || last.get(key) === notice;
  });
};
