import { z } from 'zod';
import { conversationId, messageId, position, userId } from '../schemas/fields.js';
import { NAMES_ONE, namesOne, sendingFields } from '../schemas/sending.js';

/** The client's own name for a frame, to tell its answer by. */
const id = z.string().min(1).max(64);

const MAX_IDS = 100;
/** Each id is looked up: so many count as much as a frame. */
const IDS_A_FRAME = 10;

/** The users that a frame is about. */
const userIds = z.array(userId).min(1).max(MAX_IDS);

/** What clients send, by type. */
export const clientFrames = {
  auth: z.strictObject({ type: z.literal('auth'), token: z.string(), resumeAfter: position.optional() }),
  send: z.strictObject({ type: z.literal('send'), id, ...sendingFields }).refine(namesOne, { error: NAMES_ONE }),
  read: z.strictObject({ type: z.literal('read'), id: id.optional(), conversationId, messageId }),
  'presence.watch': z.strictObject({ type: z.literal('presence.watch'), id: id.optional(), userIds }),
  'presence.unwatch': z.strictObject({ type: z.literal('presence.unwatch'), id: id.optional(), userIds }),
  ping: z.strictObject({ type: z.literal('ping') }),
} as const;

export type FrameType = keyof typeof clientFrames;

/** A client's frame as it came: an object, with whatever in it. */
export type RawFrame = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The object in a text frame; undefined when it is none. */
export const parseFrame = (data: Buffer): RawFrame | undefined => {
  try {
    const parsed = JSON.parse(utf8.decode(data)) as unknown;
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as RawFrame) : undefined;
  } catch {
    return undefined; // not UTF-8, or no JSON: the caller closes the socket
  }
};

/** As how many frames it counts. */
export const costOf = ({ type, userIds: ids }: RawFrame): number =>
  type === 'presence.watch' && Array.isArray(ids) ? 1 + Math.floor(Math.min(ids.length, MAX_IDS) / IDS_A_FRAME) : 1;

export const isFrameType = (type: unknown): type is FrameType =>
  typeof type === 'string' && Object.hasOwn(clientFrames, type);

/** The id to answer under, when the frame has one that can be repeated. */
export const idOf = ({ id: given }: RawFrame): { id?: string } => {
  const parsed = id.safeParse(given);
  return parsed.success ? { id: parsed.data } : {};
};
