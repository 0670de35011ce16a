import { isId } from '../kernel/is-id.js';
import type { TypingSignal } from './typing.js';

const POSITION = /^\d{1,20}$/;

/** Reads what another program has sent; undefined when it is no signal about typing. */
export const readTypingSignal = (content: unknown): TypingSignal | undefined => {
  if (typeof content !== 'object' || content === null) return undefined;
  const { conversationId, userId, active, mark } = content as Readonly<Record<string, unknown>>;
  const isSignal =
    isId(conversationId) &&
    isId(userId) &&
    typeof active === 'boolean' &&
    typeof mark === 'string' &&
    POSITION.test(mark);
  return isSignal ? (content as TypingSignal) : undefined;
};
