import { z } from 'zod';
import { conversationId, userId } from '../../schemas/fields.js';
import { frame } from './frame.js';

/** The frame has no position, and may be lost: a client takes the user for silent when nothing more comes. */
export const typingFrame = frame('typing', z.object({ conversationId, userId, active: z.boolean() }));
