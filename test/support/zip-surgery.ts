/** An entry of a ZIP: how it stands in the file, and what the directory says of it. */
export interface TakenEntry {
  readonly local: Buffer;
  readonly listed: Buffer;
}

const END_BYTES = 22;
const LISTED_BYTES = 46;
const OFFSET_AT = 42;

/** Takes a small ZIP apart. */
export const takenApart = (zip: Buffer): TakenEntry[] => {
  const end = zip.length - END_BYTES;
  const directory = zip.readUInt32LE(end + 16);
  const listed: Buffer[] = [];
  for (let at = directory; at < end; at += listed.at(-1)?.length ?? 0) {
    const length = LISTED_BYTES + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    listed.push(Buffer.from(zip.subarray(at, at + length)));
  }
  const begins = [...listed.map((each) => each.readUInt32LE(OFFSET_AT)), directory];
  return listed.map((each, at) => ({ local: Buffer.from(zip.subarray(begins[at], begins[at + 1])), listed: each }));
};

/** Puts a ZIP together. Pieces that are not listed are in the file, and the directory does not tell of them. */
export const putTogether = (
  pieces: readonly { readonly local: Buffer; readonly listed?: Buffer }[],
  { counted, comment = '' }: { readonly counted?: number; readonly comment?: string } = {},
): Buffer => {
  const listed: Buffer[] = [];
  let at = 0;
  for (const piece of pieces) {
    if (piece.listed) {
      listed.push(Buffer.from(piece.listed));
      listed.at(-1)?.writeUInt32LE(at, OFFSET_AT);
    }
    at += piece.local.length;
  }
  const directory = Buffer.concat(listed);
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(counted ?? listed.length, 8);
  end.writeUInt16LE(counted ?? listed.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...pieces.map(({ local }) => local), directory, end, Buffer.from(comment, 'latin1')]);
};

/** Changes what an entry says of itself, or what the directory says of it. */
export const changed = (bytes: Buffer, what: string, by: string): Buffer =>
  Buffer.from(bytes.toString('latin1').replace(what, by), 'latin1');
