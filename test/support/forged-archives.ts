import { packedBundle } from './packed-bundle.js';
import { changed, putTogether, takenApart, type TakenEntry } from './zip-surgery.js';

const FORGED: readonly (readonly [string, Buffer])[] = [['transcript.html', Buffer.from('what a forger wrote')]];
const COMPRESSED_SIZE_AT = 20;
const DESCRIPTOR_BYTES = 16;

/** Puts bytes behind what is compressed in an entry, as if they belonged to it. */
const followed = ({ local, listed }: TakenEntry, by: Buffer): TakenEntry => {
  const [content, descriptor] = [local.subarray(0, -DESCRIPTOR_BYTES), Buffer.from(local.subarray(-DESCRIPTOR_BYTES))];
  const size = listed.readUInt32LE(COMPRESSED_SIZE_AT) + DESCRIPTOR_BYTES + by.length;
  const relisted = Buffer.from(listed);
  relisted.writeUInt32LE(size, COMPRESSED_SIZE_AT);
  return { local: Buffer.concat([content, descriptor, by, descriptor]), listed: relisted };
};

/**
 * Answers a ZIP with a forged transcript that its directory does not tell of: programs that go through the file from its
 * beginning show it.
 */
export const forgedArchives = async (zip: Buffer): Promise<Map<string, Buffer>> => {
  const [first, ...rest] = takenApart(zip) as [TakenEntry, ...TakenEntry[]];
  const whole = await packedBundle(FORGED);
  const [forged] = takenApart(whole) as [TakenEntry];
  const hidden = { local: forged.local };
  return new Map([
    ['a forged part before the others', putTogether([hidden, first, ...rest])],
    ['a forged part between two others', putTogether([first, hidden, ...rest])],
    ['a forged part behind the others', putTogether([first, ...rest, hidden])],
    ['a forged archive before it', putTogether([{ local: whole }, first, ...rest])],
    ['a forged part behind what is compressed in another', putTogether([followed(first, forged.local), ...rest])],
    ['a forged part that is not counted', putTogether([first, ...rest, forged], { counted: rest.length + 1 })],
    [
      'another name than the directory says',
      putTogether([{ ...first, local: changed(first.local, 'h', 'H') }, ...rest]),
    ],
    ['a comment', putTogether([first, ...rest], { comment: forged.local.toString('latin1') })],
  ]);
};
