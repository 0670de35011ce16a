import { toBase64, utf8 } from '../../domain/audit/bytes.js';
import {
  BUNDLE_FORMAT,
  MANIFEST,
  MEDIA_FOLDER,
  PARTS,
  type BundleManifest,
  type BundlePart,
  type BundleScope,
} from '../../domain/audit/bundle-manifest.js';
import { viewOf, type EventView } from '../../domain/audit/event-view.js';
import { decodeLeaf } from '../../domain/audit/decode-leaf.js';
import type { TreeHash } from '../../domain/audit/merkle-tree.js';
import type { SealCrypto } from '../../domain/audit/open-sealed.js';
import { TRANSCRIPT_END, transcriptHead, transcriptRow, type Names } from '../../domain/audit/transcript.js';
import { batchesOf } from '../kernel/batches-of.js';
import type { ArchiveFile } from '../ports/archive.js';
import type { ContentHash } from '../ports/content-hash.js';
import type { Disclosed, Disclosure } from '../ports/disclosure.js';
import type { StoredEvent } from '../ports/event-codec.js';
import type { RawEvent } from '../ports/raw-log.js';
import { leafOf } from './leaf-of.js';

/** An event and the number of its leaf. An edge stands beside the range: its leaf is shown, and not its content. */
export interface BundleEntry {
  readonly index: number;
  readonly event: RawEvent;
  readonly isEdge: boolean;
}

/** What a bundle is made of. */
export interface BundleContent {
  readonly scope: BundleScope;
  /** The number of leaves that the checkpoint signs. */
  readonly size: number;
  /** The name of the log. */
  readonly origin: string;
  /** The checkpoint with its signatures, and the keys of the log, one a line. */
  readonly checkpoint: string;
  readonly logKeys: readonly string[];
  /** Reads the entries by ascending leaf. It is called several times, and must give the same each time. */
  readonly entries: () => AsyncIterable<BundleEntry>;
  /** The roots of what is not shown. */
  readonly proof: readonly TreeHash[];
  /** What the subject has in each index, as lines of JSON; none where the bundle is of none. */
  readonly index: readonly string[];
  /** Answers what the ids in it stand for. It is asked once the keys are read: who was erased before that has no name. */
  readonly names: () => Promise<Names>;
  /** Files that the events show to have been uploaded. */
  readonly media: readonly { readonly mediaId: string; readonly content: AsyncIterable<Uint8Array> }[];
}

export interface BundleParts {
  readonly crypto: SealCrypto;
  readonly disclosure: Disclosure;
  readonly startHash: () => ContentHash;
}

/** So many events are disclosed at a time. */
const BATCH = 200;

const line = (value: object): string => `${JSON.stringify(value)}\n`;

/** Leaves out the edges: their content is not shown. */
async function* shownOf(entries: AsyncIterable<BundleEntry>): AsyncGenerator<BundleEntry> {
  for await (const entry of entries) if (!entry.isEdge) yield entry;
}

export const storedOf = (event: RawEvent): StoredEvent => ({
  ...event,
  data: event.data.toString(),
  metadata: event.metadata.toString(),
});

async function* textsOf(...texts: readonly string[]) {
  yield* texts;
}

/** Answers what the parts hold, by name. Keys are read before names and views are: these show what was disclosed. */
const contentsOf = (
  { crypto, disclosure }: BundleParts,
  { scope, size, origin, checkpoint, logKeys, entries, proof, index, names }: BundleContent,
): Readonly<Record<(typeof PARTS)[number], AsyncIterable<string>>> => {
  const disclosed = new Map<number, Disclosed>();
  let named: Names = new Map();

  async function* events() {
    for await (const { index, event, isEdge } of entries()) {
      const leaf = toBase64(leafOf(crypto.sha256, event));
      const stored = { data: event.data.toString('base64'), metadata: event.metadata.toString('base64') };
      yield line({ index, leaf, ...(!isEdge && stored) });
    }
  }
  async function* keys() {
    for await (const batch of batchesOf(shownOf(entries()), BATCH)) {
      const found = await disclosure.disclose(batch.map(({ event }) => storedOf(event)));
      for (const [at, { index }] of batch.entries()) {
        const key = found[at];
        disclosed.set(index, key);
        if (typeof key === 'object') yield line({ index, key: toBase64(key) });
      }
    }
  }
  async function* views(write: (view: EventView) => string) {
    for await (const { index, event, isEdge } of entries()) {
      const leaf = decodeLeaf(leafOf(crypto.sha256, event));
      if (!isEdge) yield write(viewOf(crypto, { index, leaf, ...event }, disclosed.get(index)));
    }
  }
  async function* namesOfAll() {
    named = await names();
    for (const [id, name] of named) yield line({ id, name });
  }
  async function* transcript() {
    yield transcriptHead({ origin, size, scope, names: named });
    yield* views((view) => transcriptRow(view, { scope, names: named }));
    yield TRANSCRIPT_END;
  }

  return {
    'checkpoint.txt': textsOf(checkpoint),
    'log-keys.txt': textsOf(...logKeys.map((key) => `${key}\n`)),
    'events.ndjson': events(),
    'proof.txt': textsOf(...proof.map((hash) => `${toBase64(hash)}\n`)),
    'index.ndjson': textsOf(...index),
    'keys.ndjson': keys(),
    'names.ndjson': namesOfAll(),
    'view.ndjson': views(line),
    'transcript.html': transcript(),
  };
};

/**
 * Answers the files of a bundle in the order in which they must be read. Little of it is in memory: of each event its key, so
 * that a person who is erased meanwhile is either shown in all parts or in none.
 */
export const bundleFiles = (parts: BundleParts, content: BundleContent): ArchiveFile[] => {
  const { scope, size } = content;
  const listed: BundlePart[] = [];

  /** Passes a part on, and lists it. */
  async function* counted(name: string, pieces: AsyncIterable<string | Uint8Array>) {
    const hash = parts.startHash();
    let length = 0;
    for await (const piece of pieces) {
      const bytes = typeof piece === 'string' ? utf8(piece) : piece;
      hash.update(bytes);
      length += bytes.length;
      yield bytes;
    }
    listed.push({ name, size: length, sha256: hash.digest() });
  }
  async function* manifest() {
    yield `${JSON.stringify({ format: BUNDLE_FORMAT, scope, size, parts: listed } satisfies BundleManifest, null, 2)}\n`;
  }

  const contents = contentsOf(parts, content);
  const files = [
    ...PARTS.map((name) => ({ name, content: contents[name] })),
    ...content.media.map((file) => ({ name: `${MEDIA_FOLDER}${file.mediaId}`, content: file.content })),
  ];
  return [
    ...files.map(({ name, content: pieces }) => ({ name, content: counted(name, pieces) })),
    { name: MANIFEST, content: manifest() },
  ];
};
