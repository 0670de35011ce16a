import { characters } from '../schemas/characters.js';

/** The client's own name for a frame, which its answer repeats. */
export const frameId = characters(1, 64).meta({ examples: ['f1'] });

/** The most users that one frame may name. */
export const MAX_IDS = 100;
/** Each id is looked up: so many of them count as one frame. */
const IDS_A_FRAME = 10;

/** A client's frame as it came: an object with anything in it. */
export type RawFrame = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The object in a text frame; undefined when it holds none. */
export const parseFrame = (data: Buffer): RawFrame | undefined => {
  try {
    const parsed = JSON.parse(utf8.decode(data)) as unknown;
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as RawFrame) : undefined;
  } catch {
    return undefined; // The data is not UTF-8, or no JSON: the caller closes the socket.
  }
};

/** The number of frames that this one counts for. */
export const costOf = ({ type, userIds: ids }: RawFrame): number =>
  type === 'presence.watch' && Array.isArray(ids) ? 1 + Math.floor(Math.min(ids.length, MAX_IDS) / IDS_A_FRAME) : 1;

/** Answers the id that the answer repeats, when the frame has one that can be repeated. */
export const idOf = ({ id: given }: RawFrame): { id?: string } => {
  const parsed = frameId.safeParse(given);
  return parsed.success ? { id: parsed.data } : {};
};
