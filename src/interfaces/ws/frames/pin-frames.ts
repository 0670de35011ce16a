import { z } from 'zod';
import type { PinChange } from '../../../application/ports/pin-views.js';
import { time } from '../../schemas/answers.js';
import { conversationId, messageId, position, userId } from '../../schemas/fields.js';
import { frame } from './frame.js';

const changed = z.object({ position, conversationId, messageId, userId, at: time });

export const pinned = frame('conversation.pinned', changed);
export const unpinned = frame('conversation.unpinned', changed);

/** Makes the frame of a message that was pinned, or is pinned no more. */
export const pinFrame = ({ isPinned, ...change }: PinChange): object => (isPinned ? pinned : unpinned).of(change);
