import type { MediaId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { SessionClaims } from '../ports/access-tokens.js';
import type { MediaLinks, MediaPart } from '../ports/media-links.js';
import type { SessionDenylist } from '../ports/session-denylist.js';

/** Answers whose link to this part of a file it is. Rejects one that is forged or has expired, or whose session has ended. */
export const authenticateLink =
  (links: Pick<MediaLinks, 'open'>, denylist: Pick<SessionDenylist, 'allows'>) =>
  (token: string, mediaId: MediaId, part: MediaPart): SessionClaims => {
    const { claims, hasExpired } = links.open(token, mediaId, part) ?? reject('media_link_invalid');
    if (hasExpired) return reject('media_link_expired');
    return denylist.allows(claims) ? claims : reject('session_ended');
  };
