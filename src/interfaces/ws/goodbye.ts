import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.js';
import type { Hub } from './hub.js';

/** The time that clients have to answer a goodbye, at most. */
const GOODBYE_MS = 2_000;
/** The longest time over which goodbyes are spread, and the share of the time for answers that they take at most. */
const SPREAD_MS = 10_000;
const SHARE_OF_SPREAD = 0.8;
/** The time for each socket: few sockets need no spreading. */
const SPREAD_MS_A_SOCKET = 10;
/** So many leave at once, however few they are. */
const FIRST_SOCKETS = 10;
const POLL_MS = 10;

/** Waits until the condition holds, or the time is over. */
const within = async (milliseconds: number, isSo: () => boolean): Promise<void> => {
  const deadline = performance.now() + milliseconds;
  while (!isSo() && performance.now() < deadline) await sleep(POLL_MS);
};

/** Answers how many of the sockets leave by now. */
export const leavingBy = (elapsedMs: number, sockets: number, answersMs: number): number => {
  const spreadMs = Math.min(SPREAD_MS, answersMs * SHARE_OF_SPREAD, sockets * SPREAD_MS_A_SOCKET);
  const due = elapsedMs >= spreadMs ? sockets : Math.floor((sockets * elapsedMs) / spreadMs);
  return Math.min(sockets, Math.max(FIRST_SOCKETS, due));
};

/**
 * Closes all sockets, one after another over some seconds, so that their clients do not all come back at once. A socket whose
 * turn it is begins nothing more, and is closed once the commands under way are answered. Until its turn it is served as
 * ever. Answers how many sockets were cut off from a command that had not ended in time.
 */
export const sayGoodbye = async (
  hub: Hub,
  withinMs: number,
  close: (connection: Connection) => void,
): Promise<number> => {
  const all = [...hub.all];
  const goodbyeMs = Math.min(GOODBYE_MS, withinMs / 2);
  const answersMs = withinMs - goodbyeMs;
  const startedAt = performance.now();
  let leaving: Connection[] = [];
  let left = 0;
  await within(answersMs, () => {
    const due = leavingBy(performance.now() - startedAt, all.length, answersMs);
    for (; left < due; left += 1) {
      const connection = all[left];
      if (!connection) continue;
      connection.leave();
      leaving.push(connection);
    }
    for (const connection of leaving) if (!connection.isBusy) close(connection);
    leaving = leaving.filter(({ isClosed }) => !isClosed);
    return left === all.length && leaving.length === 0;
  });
  const unanswered = [...hub.all].filter(({ isBusy, isClosed }) => isBusy && !isClosed).length;
  for (const connection of hub.all) close(connection);
  await within(goodbyeMs, () => hub.all.size === 0);
  for (const { socket } of hub.all) socket.terminate();
  return unanswered;
};
