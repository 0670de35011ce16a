import { holdsAddress } from '../../application/audit/impersonal.js';
import type { Given } from './group.js';
import { ToolError } from './tool.js';

const LONGEST_REASON = 500;

/** Parses the value of `--reason`. */
export const reasonOf = (given: unknown): string => {
  const reason = typeof given === 'string' ? given.trim() : '';
  if (reason === '' || reason.length > LONGEST_REASON)
    throw new ToolError(`say with --reason why, in 1 to ${LONGEST_REASON} characters: it is kept in the log`);
  if (holdsAddress(reason)) throw new ToolError('--reason takes no address: name users by their ids, it is kept');
  return reason;
};

/** Parses the value of `--reason` where a command can do without one. */
export const statedReason = ({ reason }: Given): string | null => (reason === undefined ? null : reasonOf(reason));
