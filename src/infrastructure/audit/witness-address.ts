import { COSIGNATURE, NoteFault, parseVerifierKey, type NoteKey } from '../../domain/audit/signed-note.js';
import { sha256 } from './sha256.js';

/** Where a witness is, and which key it signs with. */
export interface WitnessAddress {
  readonly key: NoteKey;
  readonly url: string;
}

const isWeb = (text: string): boolean => URL.canParse(text) && ['http:', 'https:'].includes(new URL(text).protocol);

const parseOne = (text: string): WitnessAddress => {
  const [vkey = '', url = '', ...more] = text.split(/\s+/);
  const key = parseVerifierKey(sha256, vkey);
  if (key.kind !== COSIGNATURE) throw new NoteFault(`the key of ${key.name} is not one for cosignatures`);
  if (more.length > 0 || !isWeb(url)) throw new NoteFault(`${key.name} takes one address, of http or https`);
  return { key, url };
};

/** Reads witnesses as they are configured: `name+id+key https://address`, parted by commas. Raises `NoteFault`. */
export const parseWitnesses = (text: string): readonly WitnessAddress[] => {
  const all = text.split(',').map((each) => parseOne(each.trim()));
  const names = new Set(all.map(({ key }) => key.name));
  if (names.size < all.length) throw new NoteFault('two witnesses have the same name');
  return all;
};
