import type { Position } from '../../src/domain/kernel/ids.js';
import { LOG_START } from '../../src/domain/kernel/position.js';
import type { MovedLog } from '../../src/infrastructure/moving/moved-log.js';

const TYPES: ReadonlySet<string> = new Set(['MessageSent', 'MessageRead']);

/** A message or a mark of reading, as the log has it. */
export interface Logged {
  readonly position: Position;
  readonly type: 'MessageSent' | 'MessageRead';
  readonly messageId: string;
  readonly conversationId: string;
  /** The user who has read. */
  readonly userId?: string;
}

/** Reads the messages and the marks of reading up to a position, in the order of the log, wherever that is. */
export const loggedEvents = async (log: Pick<MovedLog, 'read'>, upTo: Position): Promise<Logged[]> => {
  const logged: Logged[] = [];
  for await (const { position, type, data } of log.read(LOG_START, upTo))
    if (TYPES.has(type)) logged.push({ ...(JSON.parse(data.toString()) as Logged), position, type } as Logged);
  return logged;
};
