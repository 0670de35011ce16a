import { reject } from '../../domain/kernel/rejections.js';
import type { UserId } from '../../domain/kernel/ids.js';

/** The exports that one auditor has under way at once, and all auditors together, on one node. */
const MOST_OF_ONE = 2;
const MOST_OF_ALL = 16;

/** There are too many exports under way at the moment. */
export class ExportsOverloadedError extends Error {
  override readonly name = 'ExportsOverloadedError';
}

/**
 * Counts the exports that are under way, so that a client that reads slowly keeps nobody else from theirs. Each takes a place, and
 * gives it back by its signal. Rejects `audit_exports_running`; raises `ExportsOverloadedError`.
 */
export const exportSlots = () => {
  const running = new Map<UserId | null, number>();
  let all = 0;
  return (auditorId: UserId | null, signal: AbortSignal): void => {
    const own = running.get(auditorId) ?? 0;
    if (own >= MOST_OF_ONE) reject('audit_exports_running');
    if (all >= MOST_OF_ALL) throw new ExportsOverloadedError('too many exports are under way');
    running.set(auditorId, own + 1);
    all += 1;
    const leave = (): void => {
      const left = (running.get(auditorId) ?? 1) - 1;
      if (left === 0) running.delete(auditorId);
      else running.set(auditorId, left);
      all -= 1;
    };
    signal.addEventListener('abort', leave, { once: true });
  };
};
