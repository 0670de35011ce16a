import type { MediaId } from '../../domain/kernel/ids.js';
import type { SessionClaims } from './access-tokens.js';

/** The parts of a file that a link may lead to. */
export type MediaPart = 'content' | 'thumbnail';

/** The tokens of the links to one file. */
type LinkTokens = Readonly<Record<MediaPart, string>>;

/** Answers the tokens of links to a file. */
export type SignLinks = (mediaId: MediaId) => LinkTokens;

/** A link that a server of ours has signed. */
interface OpenedLink {
  readonly claims: SessionClaims;
  readonly hasExpired: boolean;
}

/** Signs links to files, so that an `<img>` of one session can load them without a header. */
export interface MediaLinks {
  /** The number of characters of every token. */
  readonly tokenLength: number;
  /** Signs for a session. For a while the same link is answered, so that browsers find the file in their caches. */
  signFor(claims: SessionClaims): SignLinks;
  /** Answers whose link it is; undefined for a token that was not made for this part of this file. */
  open(token: string, mediaId: string, part: MediaPart): OpenedLink | undefined;
}
