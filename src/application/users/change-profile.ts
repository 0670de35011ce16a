import type { MediaId } from '../../domain/kernel/ids.js';
import { media } from '../../domain/media/decider.js';
import { user } from '../../domain/users/decider.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import type { Transact } from '../kernel/transact.js';

export interface ChangeProfileInput {
  readonly displayName?: string | undefined;
  /** Null removes it. */
  readonly bio?: string | null | undefined;
  /** An image that the actor has uploaded. Null removes it from the profile. */
  readonly avatarMediaId?: MediaId | null | undefined;
}

/**
 * Changes the actor's profile. What is not given stays. An image is appended to as attached together with the profile, at the
 * revision that was read: it is never removed and shown at once.
 */
export const changeProfile =
  (transact: Transact) =>
  async ({ displayName, bio, avatarMediaId }: ChangeProfileInput, context: CommandContext) => {
    const { actor: userId, now: at } = context;
    const data = { userId, displayName, bio, avatarMediaId, at };
    const image = avatarMediaId && { mediaId: avatarMediaId, by: userId, at };
    const { position } = await transact(context, async () => ({
      decisions: [
        ...(image ? [decision(media, image.mediaId, { type: 'AttachMediaToProfile', data: image })] : []),
        // The profile comes last, as its position is that of the answer.
        decision(user, userId, { type: 'ChangeProfile', data }),
      ],
      answer: () => ({}),
    }));
    return { position };
  };
