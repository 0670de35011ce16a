import { randomBytes } from 'node:crypto';
import { linked } from '../../application/messages/linked.js';
import type { SessionClaims } from '../../application/ports/access-tokens.js';
import type { MediaLinks, MediaPart } from '../../application/ports/media-links.js';
import type { MediaId } from '../../domain/kernel/ids.js';
import { textFrame } from './text-frame.js';

/** A frame for many sockets: the same bytes for all, or with links that are signed for the session of each. */
export type SharedFrame = Buffer | ((session: SessionClaims) => Buffer);

const NUMBER_DIGITS = 4;

interface Gap {
  readonly mediaId: MediaId;
  readonly part: MediaPart;
  readonly text: string;
}

/** Makes gaps as long as tokens. Nobody can write one into a text, as nobody knows what this frame has in it. */
const gapsOf = (content: object, tokenLength: number): { readonly template: object; readonly gaps: readonly Gap[] } => {
  const gaps: Gap[] = [];
  let mark: string | undefined;
  const gapFor = (mediaId: MediaId, part: MediaPart): string => {
    mark ??= randomBytes(tokenLength).toString('base64url').slice(NUMBER_DIGITS, tokenLength);
    const text = `${mark}${String(gaps.length).padStart(NUMBER_DIGITS, '0')}`;
    gaps.push({ mediaId, part, text });
    return text;
  };
  const template = linked(content, (mediaId) => ({
    content: gapFor(mediaId, 'content'),
    thumbnail: gapFor(mediaId, 'thumbnail'),
  }));
  return { template, gaps };
};

/**
 * Makes a frame once for all its sockets. Where its messages carry files, the places of links are left open, and each
 * session gets a copy with its own.
 */
export const sharedFrame = ({ tokenLength, signFor }: MediaLinks, content: object): SharedFrame => {
  const { template, gaps } = gapsOf(content, tokenLength);
  const frame = textFrame(template);
  if (gaps.length === 0) return frame;
  const places = gaps
    .map(({ text, ...gap }) => ({ ...gap, at: frame.indexOf(text, 0, 'latin1') }))
    .filter(({ at }) => at >= 0); // Only images have a thumbnail.
  const mediaIds = [...new Set(places.map(({ mediaId }) => mediaId))];
  return (session) => {
    const sign = signFor(session);
    const signed = new Map(mediaIds.map((mediaId) => [mediaId, sign(mediaId)]));
    const own = Buffer.from(frame);
    for (const { mediaId, part, at } of places) own.write(signed.get(mediaId)?.[part] ?? '', at, 'latin1');
    return own;
  };
};
