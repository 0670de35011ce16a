import { concatBytes } from './bytes.js';
import { foldSubtrees, hashPairs, subtreesOf, type Sha256Of, type TreeHash, type TreeNode } from './merkle-tree.js';

/** The hashes in a full tile: it spans 8 levels of the tree (C2SP `tlog-tiles`). */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
const HASH_BYTES = 32;

/** A tile: the hashes index × 256 to index × 256 + 255 of every eighth level of the tree. */
export interface TileId {
  readonly level: number;
  readonly index: number;
}

/** A tile and its hashes, one after another, 32 bytes each; fewer than 256 where the tree is not so large yet. */
interface Tile extends TileId {
  readonly hashes: Uint8Array;
}

/** The last tiles of a tree, which are not full: its hashes that are part of no full tile, level by level. */
export type Edge = readonly Uint8Array[];

export const widthOf = (hashes: Uint8Array): number => hashes.length / HASH_BYTES;

const hashAt = (hashes: Uint8Array, at: number): TreeHash => hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);

/** Answers the root of a power of two of hashes. */
const foldPerfect = (sha256: Sha256Of, hashes: Uint8Array): TreeHash => {
  let row = hashes;
  while (row.length > HASH_BYTES) {
    const above = new Uint8Array(row.length / 2);
    hashPairs(sha256, row, above);
    row = above;
  }
  return row;
};

/** A tile and all nodes above its hashes as far as they come out of it. */
export interface GrownTile {
  /** How many hashes it has. */
  readonly width: number;
  /** The hashes, then the nodes above them, level by level: 256, 128, 64 … and one. */
  readonly nodes: Uint8Array;
}

const half = (count: number): number => Math.floor(count / 2);

/** Answers a tile, whole or not, with all nodes above its hashes. */
export const grownTile = (sha256: Sha256Of, hashes: Uint8Array): GrownTile => {
  const width = widthOf(hashes);
  let count = 0;
  for (let level = width; level > 0; level = half(level)) count += level;
  const nodes = new Uint8Array(count * HASH_BYTES);
  nodes.set(hashes);
  let from = 0;
  for (let level = width; level > 1; level = half(level)) {
    const to = from + level;
    const above = nodes.subarray(to * HASH_BYTES, (to + half(level)) * HASH_BYTES);
    hashPairs(sha256, nodes.subarray(from * HASH_BYTES, to * HASH_BYTES), above);
    from = to;
  }
  return { width, nodes };
};

/** Answers a node from its tile, which holds it at any later size too; undefined where the tile was too short. */
export const nodeInTile = (node: TreeNode, { width, nodes }: GrownTile): TreeHash | undefined => {
  const { at, count } = placeOf(node);
  let [first, level] = [0, width];
  for (let below = 1; below < count; below *= 2) [first, level] = [first + level, half(level)];
  return at / count < level ? hashAt(nodes, first + at / count) : undefined;
};

/** Where the hashes below a node stand: in which tile, from which hash on, and how many. */
interface PlaceInTile extends TileId {
  readonly at: number;
  readonly count: number;
}

/** Answers in which tile a node's hashes are. */
export const placeOf = ({ level, index }: TreeNode): PlaceInTile => {
  const tileLevel = Math.floor(level / TILE_HEIGHT);
  const count = 2 ** (level % TILE_HEIGHT);
  const first = index * count;
  return { level: tileLevel, index: Math.floor(first / TILE_WIDTH), at: first % TILE_WIDTH, count };
};

/** Answers a node from its tile. Raises `RangeError` where the tile is too short. */
export const nodeIn = (sha256: Sha256Of, node: TreeNode, hashes: Uint8Array): TreeHash => {
  const { at, count } = placeOf(node);
  const below = hashes.subarray(at * HASH_BYTES, (at + count) * HASH_BYTES);
  if (widthOf(below) !== count) throw new RangeError(`the tile has no node ${node.index} of level ${node.level}`);
  return foldPerfect(sha256, below);
};

/** Answers how many hashes a level's last tile has in a tree of a size, and which tile it is; 0 where all are full. */
const lastTile = (level: number, size: number): TileId & { readonly width: number } => {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return { level, index: Math.floor(hashes / TILE_WIDTH), width: hashes % TILE_WIDTH };
};

/** Answers the last tiles of a tree of a size that are not full, from the leaves up. */
export const edgeOf = (size: number): (TileId & { readonly width: number })[] => {
  const edge = [];
  for (let level = 0; TILE_WIDTH ** level <= size; level += 1) edge.push(lastTile(level, size));
  return edge;
};

/** What becomes of a tree when leaves are added. */
export interface Growth {
  readonly size: number;
  readonly edge: Edge;
  /** Every tile that has changed, each as it is now. */
  readonly tiles: readonly Tile[];
}

interface Addition {
  readonly level: number;
  /** How many hashes the level had. */
  readonly before: number;
  readonly hashes: readonly TreeHash[];
}

/** Adds hashes to one level, and answers its tiles that have changed: the full ones first, then the one that is not. */
const addToLevel = (last: Uint8Array, { level, before, hashes }: Addition): Tile[] => {
  const all = concatBytes([last, ...hashes]);
  const first = Math.floor(before / TILE_WIDTH);
  const tiles = Math.ceil(widthOf(all) / TILE_WIDTH);
  return Array.from({ length: tiles }, (_, at) => ({
    level,
    index: first + at,
    hashes: all.subarray(at * TILE_WIDTH * HASH_BYTES, (at + 1) * TILE_WIDTH * HASH_BYTES),
  }));
};

const isFull = ({ hashes }: Tile): boolean => widthOf(hashes) === TILE_WIDTH;

/** Adds leaves, given by their hashes, to a tree of a size with this edge. */
export const growTree = (sha256: Sha256Of, size: number, edge: Edge, leafHashes: readonly TreeHash[]): Growth => {
  const tiles: Tile[] = [];
  const grown: Uint8Array[] = [];
  let hashes = leafHashes;
  for (let level = 0; level < edge.length || hashes.length > 0; level += 1) {
    const last = edge[level] ?? new Uint8Array();
    const changed =
      hashes.length === 0 ? [] : addToLevel(last, { level, before: Math.floor(size / TILE_WIDTH ** level), hashes });
    tiles.push(...changed);
    const rest = changed.find((tile) => !isFull(tile));
    grown.push(changed.length === 0 ? last : (rest?.hashes ?? new Uint8Array()));
    hashes = changed.filter(isFull).map((tile) => foldPerfect(sha256, tile.hashes));
  }
  return { size: size + leafHashes.length, edge: grown, tiles };
};

/** Answers the root of a tree of at least one leaf from its edge. */
export const rootOfEdge = (sha256: Sha256Of, edge: Edge): TreeHash => {
  const roots = [...edge]
    .reverse()
    .flatMap((hashes) => subtreesOf({ begin: 0, end: widthOf(hashes) }).map((node) => nodeIn(sha256, node, hashes)));
  return foldSubtrees(sha256, roots);
};

/** Answers the path of a number in a tile's address: `1234067` is `x001/x234/067`. */
const numberedPath = (index: number): string => {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const parts = padded.match(/\d{3}/g) ?? [];
  return parts.map((part, at) => (at === parts.length - 1 ? part : `x${part}`)).join('/');
};

/** What is served of a tree: the hashes of a tile, or the leaves below one of level 0. */
export interface TileRequest {
  /** `entries` asks for the leaves. */
  readonly level: number | 'entries';
  readonly index: number;
  /** 256 for a full tile. */
  readonly width: number;
}

/** Answers where a tile is served below `tile/` (C2SP `tlog-tiles`), such as `0/x001/x234/067.p/8`. */
export const tilePath = ({ level, index, width }: TileRequest): string =>
  `${level}/${numberedPath(index)}${width === TILE_WIDTH ? '' : `.p/${width}`}`;

const TILE_PATH = /^(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;
const MAX_LEVEL = 63;

const isTile = ({ level, index, width }: TileRequest): boolean =>
  (level === 'entries' || level <= MAX_LEVEL) && Number.isSafeInteger(index) && width <= TILE_WIDTH;

/** Reads what stands behind `tile/` in an address; undefined where it is not the one form of a tile's path. */
export const parseTilePath = (path: string): TileRequest | undefined => {
  const [, level = '', number = '', width = String(TILE_WIDTH)] = TILE_PATH.exec(path) ?? [];
  const request: TileRequest = {
    level: level === 'entries' ? level : Number(level),
    index: Number(number.replaceAll(/[x/]/g, '')),
    width: Number(width),
  };
  return isTile(request) && tilePath(request) === path ? request : undefined;
};
