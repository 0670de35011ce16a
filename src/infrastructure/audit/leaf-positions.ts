import { TILE_WIDTH } from '../../domain/audit/tiles.js';
import type { Position } from '../../domain/kernel/ids.js';

const BYTES = 8;

export const encodePositions = (positions: readonly Position[]): Buffer => {
  const bytes = Buffer.alloc(positions.length * BYTES);
  positions.forEach((position, at) => bytes.writeBigUInt64BE(BigInt(position), at * BYTES));
  return bytes;
};

export const decodePositions = (bytes: Buffer): Position[] =>
  Array.from({ length: bytes.length / BYTES }, (_, at) => String(bytes.readBigUInt64BE(at * BYTES)) as Position);

/** Answers which of the positions of a tile this one is; -1 for none. */
export const indexOfPosition = (bytes: Buffer, position: Position): number => {
  const wanted = encodePositions([position]);
  let at = bytes.indexOf(wanted);
  while (at >= 0 && at % BYTES !== 0) at = bytes.indexOf(wanted, at + 1); // the end of one and the beginning of the next
  return at < 0 ? at : at / BYTES;
};

/** New positions of one tile. */
interface TilePositions {
  readonly tile: number;
  readonly positions: readonly Position[];
}

/** Divides the positions of new leaves by the tiles of level 0 that they come into. */
export const byTile = (from: number, positions: readonly Position[]): TilePositions[] => {
  const parts: TilePositions[] = [];
  for (let at = 0; at < positions.length;) {
    const tile = Math.floor((from + at) / TILE_WIDTH);
    const end = (tile + 1) * TILE_WIDTH - from;
    parts.push({ tile, positions: positions.slice(at, end) });
    at = end;
  }
  return parts;
};
