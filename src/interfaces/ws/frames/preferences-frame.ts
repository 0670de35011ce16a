import { z } from 'zod';
import { preferences } from '../../schemas/answers.js';
import { conversationId, position } from '../../schemas/fields.js';
import { frame } from './frame.js';

/** It is sent to the devices of the user whose preferences they are, and to nobody else. */
export const preferencesChanged = frame(
  'conversation.preferences',
  z.object({ position, conversationId, preferences }),
);
