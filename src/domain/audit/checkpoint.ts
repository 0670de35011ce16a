import { EncodingFault, fromBase64, toBase64 } from './bytes.js';
import { NoteFault } from './signed-note.js';
import type { TreeHead } from './verify-proofs.js';

/** The head of the tree of a log (C2SP `tlog-checkpoint`). */
export interface Checkpoint extends TreeHead {
  /** The log's own name, never that of another. */
  readonly origin: string;
}

const HASH_BYTES = 32;
const SIZE = /^(?:0|[1-9]\d*)$/;

/** Reads a number as it stands in checkpoints and proofs: decimal, without leading zeros. Raises `NoteFault`. */
export const parseNumber = (text: string, what: string): number => {
  const number = Number(text);
  if (!SIZE.test(text) || !Number.isSafeInteger(number)) throw new NoteFault(`${what} is no number of leaves`);
  return number;
};

/** Reads a hash as it stands in checkpoints and proofs, in base64. Raises `NoteFault`. */
export const parseHash = (text: string, what: string): Uint8Array => {
  try {
    const hash = fromBase64(text);
    if (hash.length !== HASH_BYTES) throw new NoteFault(`${what} is no hash`);
    return hash;
  } catch (error) {
    if (error instanceof EncodingFault) throw new NoteFault(`${what}: ${error.message}`, { cause: error });
    throw error;
  }
};

/** Answers the text that is signed. */
export const formatCheckpoint = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${toBase64(root)}\n`;

/** Reads the text of a checkpoint; lines behind the third, which other logs may add, are passed over. Raises `NoteFault`. */
export const parseCheckpoint = (text: string): Checkpoint => {
  const lines = text.split('\n');
  const [origin = '', size = '', root = ''] = lines;
  if (origin === '' || lines.slice(0, -1).includes('') || lines.at(-1) !== '')
    throw new NoteFault('the checkpoint has an empty line, or no end');
  if (lines.length < 4) throw new NoteFault('the checkpoint has fewer than three lines');
  return { origin, size: parseNumber(size, 'the size'), root: parseHash(root, 'the root') };
};
