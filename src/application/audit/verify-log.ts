import { equalBytes } from '../../domain/audit/bytes.js';
import { emptyRoot, type Sha256Of, type TreeHash } from '../../domain/audit/merkle-tree.js';
import { growTree, rootOfEdge, type Edge, type Growth } from '../../domain/audit/tiles.js';
import type { TreeHead } from '../../domain/audit/verify-proofs.js';
import type { Position } from '../../domain/kernel/ids.js';
import { comparePositions } from '../../domain/kernel/position.js';
import type { RawEvent, RawLog } from '../ports/raw-log.js';
import type { LogTree, LogTreeHead } from '../ports/tree-store.js';
import { diagnose, type Parting } from './diagnose.js';
import { leafHashes } from './leaf-hashes.js';
import { leafHashOf } from './leaf-of.js';
import { logPortions, type LogPortion } from './log-portions.js';
import type { Misfit } from './misfit.js';
import { TreeFault } from './tree-fault.js';

/** A head that was signed, with what to call it. */
export interface ClaimedHead extends TreeHead {
  readonly name: string;
  /** Why it is none that the log has signed; undefined where it is. */
  readonly fault?: string;
}

export interface VerifyLogParts {
  readonly log: Pick<RawLog, 'readAll'>;
  readonly tree: Pick<LogTree, 'head' | 'positions' | 'tiles'>;
  /** The heads that must fit, the smallest tree first. */
  readonly heads: AsyncIterable<ClaimedHead>;
  /** Answers the first stream whose revisions do not count up. */
  readonly findBrokenStream: () => Promise<Misfit | undefined>;
  readonly sha256: Sha256Of;
  readonly onProgress: (events: number, total: number) => void;
}

export interface LogVerification {
  /** How many events were under the tree, and are in the log as they were. */
  readonly events: number;
  readonly root: TreeHash;
  /** How many signed heads the log fits. */
  readonly heads: number;
  readonly misfit: Misfit | undefined;
}

/** The tree as it comes out of the log alone. */
class Recomputed {
  readonly #sha256: Sha256Of;
  size = 0;
  #edge: Edge = [];

  constructor(sha256: Sha256Of) {
    this.#sha256 = sha256;
  }

  add(hashes: readonly TreeHash[]): Growth['tiles'] {
    const { size, edge, tiles } = growTree(this.#sha256, this.size, this.#edge, hashes);
    [this.size, this.#edge] = [size, edge];
    return tiles;
  }

  root(): TreeHash {
    return this.size === 0 ? emptyRoot(this.#sha256) : rootOfEdge(this.#sha256, this.#edge);
  }
}

const checkpointMisfit = (name: string, detail: string): Misfit => ({
  what: 'checkpoint',
  position: null,
  streamId: null,
  detail: `${name} ${detail}`,
});

/** Goes through the heads as the tree comes to their sizes. */
class HeadCheck {
  readonly #heads: AsyncIterator<ClaimedHead>;
  #next: ClaimedHead | undefined;
  fitting = 0;
  /** The size of the last one that fits. */
  reached = 0;

  constructor(heads: AsyncIterable<ClaimedHead>) {
    this.#heads = heads[Symbol.asyncIterator]();
  }

  async start(): Promise<this> {
    await this.#advance();
    return this;
  }

  async #advance(): Promise<void> {
    const next = await this.#heads.next();
    this.#next = next.done ? undefined : next.value;
  }

  /** The size at which the next one is to be looked at. */
  get nextSize(): number {
    return this.#next?.size ?? Infinity;
  }

  /** Compares those of the size that the tree has come to. Answers the first one that does not fit. */
  async compare(tree: Recomputed): Promise<Misfit | undefined> {
    while (this.#next?.size === tree.size) {
      const { name, size, root, fault } = this.#next;
      if (fault !== undefined) return checkpointMisfit(name, fault);
      if (!equalBytes(tree.root(), root))
        return checkpointMisfit(
          name,
          `is of another log: it fits up to ${this.reached} events, and something among those up to ${size} was replaced together with the tree`,
        );
      [this.fitting, this.reached] = [this.fitting + 1, size];
      await this.#advance();
    }
    return undefined;
  }

  /** What is left is of a larger log than this one. */
  left(size: number): Misfit | undefined {
    return this.#next && checkpointMisfit(this.#next.name, `is of ${this.#next.size} events, and the tree has ${size}`);
  }
}

/** Answers the event, the leaf, or both, which stand first at the place where they part. */
const partingOf = (
  event: RawEvent | undefined,
  position: Position | undefined,
  hash: TreeHash | undefined,
): Parting => {
  const leaf = position === undefined || hash === undefined ? undefined : { position, hash };
  if (!event || !leaf || event.position === leaf.position) return { event, leaf };
  return comparePositions(event.position, leaf.position) < 0 ? { event, leaf: undefined } : { event: undefined, leaf };
};

class Verification {
  readonly #parts: VerifyLogParts;
  readonly #tree: Recomputed;
  readonly #heads: HeadCheck;
  readonly #size: number;
  /** How many events are as they were. */
  verified = 0;

  constructor(parts: VerifyLogParts, heads: HeadCheck, size: number) {
    this.#parts = parts;
    this.#tree = new Recomputed(parts.sha256);
    this.#heads = heads;
    this.#size = size;
  }

  get root(): TreeHash {
    return this.#tree.root();
  }

  #hash(event: RawEvent): TreeHash | undefined {
    try {
      return leafHashOf(this.#parts.sha256, event);
    } catch (error) {
      if (error instanceof TreeFault) return undefined; // it fits no leaf, and so parts from the tree
      throw error;
    }
  }

  /** Compares a portion of the log with the leaves of the tree. Answers where they part first. */
  #compareLeaves(
    { events, positions, leaves }: LogPortion,
    hashes: readonly (TreeHash | undefined)[],
  ): Parting | undefined {
    const at = events.findIndex(({ position }, n) => {
      const [hash, leaf] = [hashes[n], leaves[n]];
      return positions[n] !== position || hash === undefined || leaf === undefined || !equalBytes(hash, leaf);
    });
    return at < 0 ? undefined : partingOf(events[at], positions[at], leaves[at]);
  }

  /** Adds to the tree what came out of the log, stopping where a signed head is to be compared. */
  async #add(hashes: readonly TreeHash[]): Promise<{ readonly misfit?: Misfit; readonly tiles: Growth['tiles'] }> {
    const tiles: Growth['tiles'][number][] = [];
    for (let at = 0; at < hashes.length;) {
      const end = Math.min(hashes.length, at + Math.max(1, this.#heads.nextSize - this.#tree.size));
      tiles.push(...this.#tree.add(hashes.slice(at, end)));
      at = end;
      const misfit = await this.#heads.compare(this.#tree);
      if (misfit) return { misfit, tiles };
    }
    return { tiles };
  }

  /** Compares the tiles that have come out of the log with those that are kept. Leaves have been compared one by one. */
  async #compareTiles(tiles: Growth['tiles']): Promise<Misfit | undefined> {
    const above = tiles.filter(({ level }) => level > 0);
    const wanted = [...new Map(above.map((tile) => [`${tile.level}/${tile.index}`, tile])).values()];
    if (wanted.length === 0) return undefined;
    const kept = await this.#parts.tree.tiles(wanted);
    const wrong = wanted.find(({ hashes }, at) => !equalBytes(hashes, (kept[at] ?? hashes).subarray(0, hashes.length)));
    return wrong && treeMisfit(`tile ${wrong.level}/${wrong.index} is not the one that the log has`);
  }

  /** Finds out which of the two was changed: where the next signed head fits the log alone, it is the tree. */
  async explain(parting: Parting, rest: AsyncIterator<LogPortion>, portion: LogPortion): Promise<Misfit> {
    const isTreeChanged = await this.#fitsNextHead(rest, portion);
    if (isTreeChanged)
      return treeMisfit(
        `the leaf of position ${parting.event?.position ?? parting.leaf?.position ?? '?'} is another one`,
      );
    return diagnose(this.#parts, parting, this.#size);
  }

  async #fitsNextHead(rest: AsyncIterator<LogPortion>, first: LogPortion): Promise<boolean> {
    const wanted = this.#heads.nextSize;
    const fitting = this.#heads.fitting;
    for (let portion: LogPortion | undefined = first; portion && this.#tree.size < wanted;) {
      const hashes = portion.events.map((event) => this.#hash(event));
      if (hashes.includes(undefined)) return false;
      const { misfit } = await this.#add(hashes as TreeHash[]);
      if (misfit) return false;
      const next: IteratorResult<LogPortion, undefined> = await rest.next();
      portion = next.done ? undefined : next.value;
    }
    return this.#heads.fitting > fitting;
  }

  /** Takes a portion of the log. Answers where it parts from the tree, or what else does not fit. */
  async take(portion: LogPortion): Promise<{ readonly parting?: Parting; readonly misfit?: Misfit | undefined }> {
    const hashes = portion.events.map((event) => this.#hash(event));
    const parting = this.#compareLeaves(portion, hashes);
    if (parting) return { parting };
    const { misfit, tiles } = await this.#add(hashes as TreeHash[]);
    this.verified = this.#tree.size;
    this.#parts.onProgress(this.verified, this.#size);
    return { misfit: misfit ?? (await this.#compareTiles(tiles)) };
  }

  /** Looks at what the tree has behind the last event of the log. */
  async atEnd(head: TreeHead): Promise<Misfit | undefined> {
    if (this.#tree.size < head.size) {
      const [position] = await this.#parts.tree.positions(this.#tree.size, this.#tree.size + 1);
      const [hash] = await leafHashes(this.#parts.tree, this.#tree.size, this.#tree.size + 1);
      const parting = partingOf(undefined, position, hash);
      return parting.leaf
        ? diagnose(this.#parts, parting, this.#size)
        : treeMisfit(`the tree lacks leaf ${this.#tree.size}`);
    }
    if (!equalBytes(this.#tree.root(), head.root)) return treeMisfit('the root is not that of the log');
    return this.#heads.left(head.size);
  }
}

const treeMisfit = (detail: string): Misfit => ({
  what: 'tree',
  position: null,
  streamId: null,
  detail: `${detail}: the tables of the tree were changed, not the log`,
});

const compareLog = async (
  verification: Verification,
  parts: VerifyLogParts,
  head: LogTreeHead,
): Promise<Misfit | undefined> => {
  const portions = logPortions(parts, head.position);
  try {
    for (let next = await portions.next(); !next.done; next = await portions.next()) {
      const { parting, misfit } = await verification.take(next.value);
      if (parting) return await verification.explain(parting, portions, next.value);
      if (misfit) return misfit;
    }
  } finally {
    await portions.return(undefined);
  }
  return verification.atEnd(head);
};

/**
 * Computes the tree anew from the log, in constant memory, and compares it with the one that is kept and with every signed head.
 * Answers the first place where something does not fit.
 */
export const verifyLog = async (parts: VerifyLogParts): Promise<LogVerification> => {
  const heads = await new HeadCheck(parts.heads).start();
  const head = await parts.tree.head(); // behind the first question for heads: none of those is of a larger tree
  const verification = new Verification(parts, heads, head.size);
  const broken = parts.findBrokenStream(); // The database has time for it while the log is hashed.
  broken.catch(() => undefined); // It is raised below, where all else fits.
  const misfit = (await compareLog(verification, parts, head)) ?? (await broken);
  return { events: verification.verified, root: verification.root, heads: heads.fitting, misfit };
};
