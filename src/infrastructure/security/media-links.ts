import { createHmac, createSecretKey, hkdfSync, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { SessionClaims } from '../../application/ports/access-tokens.js';
import type { Clock } from '../../application/ports/clock.js';
import type { MediaLinks, MediaPart } from '../../application/ports/media-links.js';
import type { SessionId, UserId } from '../../domain/kernel/ids.js';
import type { AcceptedSecrets } from './configured-secrets.js';
import { bytesToUuid, uuidToBytes } from './uuid-bytes.js';

/** Every link is good for at least this time, and is the same for as long. */
const PERIOD_SECONDS = 3_600;
/** No link is good for longer. */
export const MEDIA_LINK_SECONDS = 2 * PERIOD_SECONDS;

const KEY_BYTES = 32;
/** Expiry and epoch take four bytes each, session and user 16 each. */
const EPOCH_AT = 4;
const SESSION_AT = 8;
const USER_AT = 24;
const MAC_AT = 40;
const MAC_BYTES = 16;
const TOKEN_BYTES = MAC_AT + MAC_BYTES;
const TOKEN_LENGTH = Math.ceil((TOKEN_BYTES * 4) / 3);

const keyOf = (secret: string): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'chatapp media links', KEY_BYTES)));

const headOf = ({ userId, sessionId, epoch }: SessionClaims, expiresAtSeconds: number): Buffer => {
  const head = Buffer.alloc(MAC_AT);
  head.writeUInt32BE(expiresAtSeconds, 0);
  head.writeUInt32BE(epoch, EPOCH_AT);
  uuidToBytes(sessionId).copy(head, SESSION_AT);
  uuidToBytes(userId).copy(head, USER_AT);
  return head;
};

/** One HMAC signs all links to a file: each part has a half of it. */
const macsOf = (key: KeyObject, head: Buffer, mediaId: string): Readonly<Record<MediaPart, Buffer>> => {
  const whole = createHmac('sha256', key).update(head).update(mediaId).digest();
  return { content: whole.subarray(0, MAC_BYTES), thumbnail: whole.subarray(MAC_BYTES) };
};

/**
 * Signs links with HMAC-SHA-256, under keys that are derived from the secrets of access tokens. The first signs; the others
 * are accepted too, while secrets are changed.
 */
export const createMediaLinks = (secrets: AcceptedSecrets, clock: Clock): MediaLinks => {
  const [newest, ...older] = secrets;
  const key = keyOf(newest);
  const keys = [key, ...older.map(keyOf)];
  const seconds = (): number => Date.parse(clock()) / 1_000;
  return {
    tokenLength: TOKEN_LENGTH,
    signFor: (claims) => {
      const period = Math.floor(seconds() / PERIOD_SECONDS);
      const head = headOf(claims, period * PERIOD_SECONDS + MEDIA_LINK_SECONDS);
      return (mediaId) => {
        const { content, thumbnail } = macsOf(key, head, mediaId);
        const tokenOf = (mac: Buffer): string => Buffer.concat([head, mac], TOKEN_BYTES).toString('base64url');
        return { content: tokenOf(content), thumbnail: tokenOf(thumbnail) };
      };
    },
    open: (token, mediaId, part) => {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length !== TOKEN_BYTES || bytes.toString('base64url') !== token) return undefined;
      const head = bytes.subarray(0, MAC_AT);
      const given = bytes.subarray(MAC_AT);
      if (!keys.some((each) => timingSafeEqual(macsOf(each, head, mediaId)[part], given))) return undefined;
      const claims = {
        userId: bytesToUuid(head.subarray(USER_AT)) as UserId,
        sessionId: bytesToUuid(head.subarray(SESSION_AT, USER_AT)) as SessionId,
        epoch: head.readUInt32BE(EPOCH_AT),
      };
      return { claims, hasExpired: head.readUInt32BE(0) <= seconds() };
    },
  };
};
