import { createHash, randomUUID } from 'node:crypto';
import { bundleFiles, type BundleContent, type BundleEntry } from '../../src/application/audit/bundle-files.js';
import { entriesOfRange, leavesOfRange, shownLeaves } from '../../src/application/audit/range-entries.js';
import type { Disclosure } from '../../src/application/ports/disclosure.js';
import type { RawEvent } from '../../src/application/ports/raw-log.js';
import { MANIFEST, type BundleManifest, type BundleScope } from '../../src/domain/audit/bundle-manifest.js';
import { formatCheckpoint } from '../../src/domain/audit/checkpoint.js';
import { encodeLeaf } from '../../src/domain/audit/leaf.js';
import { hiddenRanges } from '../../src/domain/audit/multi-proof.js';
import { formatVerifierKey } from '../../src/domain/audit/signed-note.js';
import type { EventId, Position, StreamId, UserId } from '../../src/domain/kernel/ids.js';
import { startHash } from '../../src/infrastructure/audit/content-hash.js';
import { chatEvents } from '../../src/infrastructure/serialization/chat-events.js';
import { createDisclosure } from '../../src/infrastructure/serialization/create-disclosure.js';
import { createEventCodec } from '../../src/infrastructure/serialization/create-event-codec.js';
import { sha256 } from './audit-crypto.js';
import { fact } from './events.js';
import { ada, bob } from './ids.js';
import { MerkleLog } from './merkle-log.js';
import { noteOf, noteSigner, witness } from './note-signer.js';
import { nodeSealCrypto } from './seal-crypto.js';
import { eventNumbered } from './test-codec.js';
import { memoryUserKeys } from './user-keys.js';

export const LOG = noteSigner('example.org/chat', 1);
export const VERIFIER_KEY = formatVerifierKey(sha256, LOG.key);
/** Bob's name has what HTML would take for more than a text. */
export const NAMES: ReadonlyMap<string, string> = new Map([
  [ada, 'ada'],
  [bob, 'bob & <i>co</i>'],
]);
const FILE = Buffer.from('a file that was sent');

/** The files of a bundle, which a test can change. */
export type Bundle = Map<string, Buffer>;

const facts = () => [
  fact('UserRegistered'),
  fact('SessionStarted'),
  fact('MessageSent', { text: 'Hello <b>Ada</b> & "Bob"' }),
  fact('MessageSent', { text: 'I owe you 100 €' }),
  fact('MessageEdited', { text: "I owe you 10 €, that's all" }),
  fact('MediaUploaded', { sha256: createHash('sha256').update(FILE).digest('hex') as never }),
  fact('MessageDeleted'),
  fact('MessageSent', { senderId: bob, text: 'gone' }),
  fact('PasswordChanged'),
  fact('ContactAdded'),
  fact('MessageSent', { text: 'after the range' }),
];

/** Answers a signed head of a log, which a witness has seen; it can say something else. */
const checkpointOf = (log: MerkleLog, signer: typeof LOG, changes: object = {}): string => {
  const text = formatCheckpoint({ origin: signer.key.name, ...log.head(), ...changes });
  return noteOf(text, signer.sign(text), witness('witness.example', 9).cosign(text, 1_800_000_000));
};

async function* file() {
  yield FILE;
}

/** Makes bundles of a log. */
export const packer =
  (log: MerkleLog, disclosure: Disclosure) =>
  async ({
    scope,
    shown,
    entries,
    index,
  }: Pick<BundleContent, 'scope' | 'entries' | 'index'> & { readonly shown: readonly number[] }): Promise<Bundle> => {
    const files = bundleFiles(
      { crypto: nodeSealCrypto, disclosure, startHash },
      {
        ...{ scope, entries, index, names: () => Promise.resolve(NAMES) },
        size: log.size,
        origin: LOG.key.name,
        checkpoint: checkpointOf(log, LOG),
        logKeys: [VERIFIER_KEY],
        proof: log.rootsOf(hiddenRanges(shown, log.size)),
        media: shown.includes(5) ? [{ mediaId: fact('MediaUploaded').data.mediaId, content: file() }] : [],
      },
    );
    const bundle: Bundle = new Map();
    for (const { name, content } of files) {
      const pieces: Uint8Array[] = [];
      for await (const piece of content) pieces.push(Buffer.from(piece as Uint8Array));
      bundle.set(name, Buffer.concat(pieces));
    }
    return bundle;
  };

/**
 * A log under a tree, of which bundles are made. Every third position is used; Bob is erased. The server can have stored other
 * bytes than it should have.
 */
export const bundleScene = async (stored: (event: RawEvent) => RawEvent = (event) => event) => {
  const keys = memoryUserKeys();
  const codec = createEventCodec(chatEvents, keys);
  const events: RawEvent[] = [];
  for (const [at, event] of facts().entries()) {
    const streamId = `test-${at}` as StreamId;
    const eventId = randomUUID() as EventId;
    const numbered = eventNumbered(0);
    const metadata = { ...numbered.metadata, actorId: ada };
    const [encoded] = await codec.encode([{ streamId, events: [{ ...numbered, ...event, eventId, metadata }] }]);
    const { schemaVersion, ...bytes } = encoded!;
    const position = String(3 * (at + 1)) as Position;
    const { data, metadata: about } = bytes;
    events.push(
      stored({ position, streamId, revision: 0, eventId, type: event.type, schemaVersion, data, metadata: about }),
    );
  }
  const keyOf = async (index: number, userId: UserId) =>
    (await keys.forWriting([userId])).get(userId)!.eventKey(events[index]!);
  const forgotten = await keyOf(7, bob);
  keys.forget(bob);
  const log = new MerkleLog().add(events.map((event) => encodeLeaf(sha256, event)));
  const disclosure = createDisclosure(chatEvents, keys);

  const tree = {
    positions: (begin: number, end: number) =>
      Promise.resolve(events.slice(begin, end).map(({ position }) => position)),
  };
  const raw = {
    async *readAll({ after = '0', limit = Infinity }: { after?: string; limit?: number } = {}) {
      yield* events.filter(({ position }) => BigInt(position) > BigInt(after)).slice(0, limit);
    },
  };

  const pack = packer(log, disclosure);
  const packed = (scope: BundleScope, shown: readonly number[], entries: () => AsyncIterable<BundleEntry>) =>
    pack({ scope, shown, entries, index: [] });

  return {
    log,
    keys,
    codec,
    events,
    /** The key of the event that Bob sent before he was erased. */
    forgotten,
    disclosure,
    checkpointBy: (signer: typeof LOG, changes: object = {}) => checkpointOf(log, signer, changes),
    /** Makes the bundle of a range of positions. */
    range: async (from: number, to: number): Promise<Bundle> => {
      const range = { from: String(from) as Position, to: String(to) as Position };
      const leaves = await leavesOfRange(tree, log.size, range);
      return packed({ kind: 'range', ...range }, shownLeaves(leaves), entriesOfRange(raw, tree, leaves));
    },
    /** Makes a bundle of some events, by their leaves. */
    chosen: (...indexes: number[]): Promise<Bundle> =>
      packed({ kind: 'chosen' }, indexes, async function* entries() {
        for (const index of indexes) yield { index, event: events[index]!, isEdge: false };
      }),
  };
};

export const manifestOf = (bundle: Bundle): BundleManifest =>
  JSON.parse(bundle.get(MANIFEST)!.toString()) as BundleManifest;

/** Writes the manifest anew, as somebody does who changes a bundle with care. */
export const listAnew = (bundle: Bundle, changes: object = {}): void => {
  const parts = [...bundle]
    .filter(([name]) => name !== MANIFEST)
    .map(([name, bytes]) => ({ name, size: bytes.length, sha256: Buffer.from(sha256(bytes)).toString('hex') }));
  bundle.set(MANIFEST, Buffer.from(JSON.stringify({ ...manifestOf(bundle), parts, ...changes })));
};

/** Changes the lines of a part. */
export const changeLines = (bundle: Bundle, name: string, change: (lines: string[]) => readonly string[]): void => {
  const lines = bundle.get(name)!.toString().split('\n').slice(0, -1);
  bundle.set(
    name,
    Buffer.from(
      change(lines)
        .map((line) => `${line}\n`)
        .join(''),
    ),
  );
};

/** Changes one line of JSON of a part. */
export const changeLine = (bundle: Bundle, name: string, at: number, change: (line: never) => object): void =>
  changeLines(bundle, name, (lines) =>
    lines.map((line, n) => (n === at ? JSON.stringify(change(JSON.parse(line) as never)) : line)),
  );
