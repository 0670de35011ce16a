import type { AppendRecordInput, ConsistencyCheck, KurrentDBClient } from '@kurrent/kurrentdb-client';
import type { Position } from '../../../domain/kernel/ids.js';
import { turnToLeader } from './connect.js';
import { tooLargeOf } from './kurrentdb-errors.js';

/**
 * Appends records, once. Answers the position of the last of them. Raises `AppendTooLargeError`, and errors of the client; behind one
 * that another node leads, the next call goes to that node.
 */
export const appendRecords = async (
  client: KurrentDBClient,
  records: AppendRecordInput[],
  checks: ConsistencyCheck[],
): Promise<Position> => {
  try {
    const { position } = await client.appendRecords(records, checks);
    return String(position) as Position;
  } catch (error) {
    await turnToLeader(client, error);
    throw tooLargeOf(error) ?? error;
  }
};
