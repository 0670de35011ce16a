import { z } from 'zod';
import { time } from '../../schemas/answers.js';
import { sessionId } from '../../schemas/fields.js';
import { frame } from './frame.js';

const life = z.object({ sessionId, expiresAt: time });

/** The answer to a newer token of the session: the socket lives as long as that. */
export const authRenewed = frame('auth.renewed', life);

/** The token of the socket expires soon: the client sends a newer one, or is closed. */
export const authExpiring = frame('auth.expiring', life);
