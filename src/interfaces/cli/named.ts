import { CONCERNING_TYPES } from '../../application/audit/concerned.js';
import { STREAM_NAME } from '../../application/audit/stream-name.js';
import { isId } from '../../application/kernel/is-id.js';
import type { ChatEventType } from '../../domain/event-catalogue.js';
import type { ConversationId, StreamId } from '../../domain/kernel/ids.js';
import { ToolError } from './tool.js';

/** Parses the value of `--conversation`. What is no id is refused: it would be kept in the log. */
export const conversationOf = (given: unknown): ConversationId => {
  if (!isId(given)) throw new ToolError('name the id of a conversation with --conversation');
  return given as ConversationId;
};

/** Parses the value of `--stream`. */
export const streamOf = (given: unknown): StreamId => {
  if (typeof given !== 'string' || !STREAM_NAME.test(given))
    throw new ToolError('--stream takes the name of a stream such as user-01980000-0000-7000-8000-000000000001');
  return given as StreamId;
};

/** Parses the value of `--type`. */
export const typeOf = (given: unknown): ChatEventType => {
  const found = CONCERNING_TYPES.find((type) => type === given);
  if (!found) throw new ToolError(`--type takes the name of a type of events such as MessageSent`);
  return found;
};
