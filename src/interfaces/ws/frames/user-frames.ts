import { z } from 'zod';
import { profile } from '../../schemas/answers.js';
import { frame } from './frame.js';

/** The frame has no position: it shows how the user looks now. */
export const userUpdated = frame('user.updated', z.object({ user: profile }));
