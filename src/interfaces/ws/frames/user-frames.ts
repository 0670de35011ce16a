import { z } from 'zod';
import { profile } from '../../schemas/answers.js';
import { frame } from './frame.js';

/** Without a position: it says how somebody looks now. */
export const userUpdated = frame('user.updated', z.object({ user: profile }));
