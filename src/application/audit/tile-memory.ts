import type { GrownTile } from '../../domain/audit/tiles.js';
import { BoundedCache } from '../kernel/bounded-cache.js';

/** What a tile takes beside its hashes. */
const BYTES_OF_A_TILE = 500;

const bytesOf = ({ nodes }: GrownTile): number => nodes.length + BYTES_OF_A_TILE;

/**
 * Tiles with the nodes above their hashes, up to so many bytes; the one that was asked for longest ago goes first. A tile only
 * grows, so whatever was read of it holds.
 */
export class TileMemory {
  readonly #tiles: BoundedCache<string, GrownTile>;

  constructor(mostBytes: number) {
    this.#tiles = new BoundedCache({ most: mostBytes, weightOf: bytesOf });
  }

  get(name: string): GrownTile | undefined {
    const tile = this.#tiles.get(name);
    if (tile) this.#tiles.set(name, tile); // it is the newest again
    return tile;
  }

  set(name: string, tile: GrownTile): void {
    this.#tiles.set(name, tile);
  }

  clear(): void {
    this.#tiles.clear();
  }
}
