import { z } from 'zod';
import { conversationId, position } from '../../schemas/fields.js';
import { frame } from './frame.js';

const unseen = z.object({
  conversationId,
  cursor: z.string().meta({ description: 'Behind it stand the messages that were sent since.', examples: ['m1'] }),
  changed: z.boolean().meta({ description: 'Whether a message up to the cursor was changed since.' }),
});

/** It takes the place of what a resume cannot carry frame by frame, and says what to ask for instead. */
export const resync = frame(
  'resync',
  z.object({ position, since: position, conversations: z.array(unseen), left: z.array(conversationId) }),
);
