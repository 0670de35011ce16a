import { concatBytes, fromBase64, toBase64 } from '../../src/domain/audit/bytes.js';
import type { SubjectScope } from '../../src/domain/audit/bundle-manifest.js';
import { decodeLeaf } from '../../src/domain/audit/decode-leaf.js';
import { viewOf } from '../../src/domain/audit/event-view.js';
import { encodeLeaf } from '../../src/domain/audit/leaf.js';
import { entryHash, labelOf } from '../../src/domain/audit/subject-tree.js';
import { sha256 } from './audit-crypto.js';
import { changeLine, changeLines, listAnew, manifestOf, type Bundle } from './bundle-scene.js';
import { ada, conversationNumber } from './ids.js';
import { tellAnew } from './manipulations.js';
import { nodeSealCrypto } from './seal-crypto.js';
import { CONVERSATION, OWN, type subjectScene } from './subject-scene.js';

type Scene = Awaited<ReturnType<typeof subjectScene>>;

interface IndexLine {
  leaf: number;
  siblings: string[];
  slot: object[];
  blind?: string;
  leaves?: number[];
}

const INDEX = 'index.ndjson';
const HASH = toBase64(Buffer.alloc(32, 7));

const changeIndex = (bundle: Bundle, change: (line: IndexLine) => object): void => changeLine(bundle, INDEX, 0, change);

const withScope = (bundle: Bundle, changes: Partial<SubjectScope>): void => {
  const { scope } = manifestOf(bundle);
  listAnew(bundle, { scope: { ...scope, ...changes } });
  tellAnew(bundle);
};

/** Shows an upload that is in no log, with a number between those of two leaves. */
const addBetween = (bundle: Bundle, { events }: Scene): void => {
  const data = Buffer.from(JSON.stringify({ mediaId: 'forged', sha256: 'forged' }));
  const event = { ...events[3]!, type: 'MediaUploaded', data };
  const bytes = encodeLeaf(sha256, event);
  const line = { index: 3.5, leaf: toBase64(bytes), data: toBase64(data), metadata: toBase64(event.metadata) };
  const view = viewOf(nodeSealCrypto, { ...event, index: 3.5, leaf: decodeLeaf(bytes) }, undefined);
  const addTo = (name: string, added: object): void =>
    changeLines(bundle, name, (lines) => [...lines.slice(0, 2), JSON.stringify(added), ...lines.slice(2)]);
  addTo('events.ndjson', line);
  addTo('view.ndjson', view);
  tellAnew(bundle);
};

/** Leaves out all of the conversation, which then stands in the index as if it were another one, in some form. */
const showAsAnother = (
  bundle: Bundle,
  { leaveOut }: Scene,
  formOf: (label: Uint8Array, hash: Uint8Array) => readonly [label: Uint8Array, hash: Uint8Array],
): void => {
  changeIndex(bundle, ({ leaf, siblings, slot, blind = '', leaves = [] }) => {
    const label = labelOf(sha256, CONVERSATION);
    const [name, hash] = formOf(label, entryHash(sha256, label, { blind: fromBase64(blind), leaves }));
    return { leaf, siblings, slot: [...slot, { label: toBase64(name), hash: toBase64(hash) }] };
  });
  OWN.forEach((leaf) => leaveOut(bundle, leaf));
};

interface ViewLine {
  index: number;
}

/** Shows the leaf of an event alone, as if what is stored could not be read. */
const hideBytes = (bundle: Bundle, leaf: number): void => {
  const changeOf = (name: string, change: (line: never) => object): void =>
    changeLines(bundle, name, (lines) =>
      lines.map((line) => {
        const parsed = JSON.parse(line) as ViewLine;
        return parsed.index === leaf ? JSON.stringify(change(parsed as never)) : line;
      }),
    );
  changeOf('events.ndjson', ({ index, leaf: bytes }: { index: number; leaf: string }) => ({ index, leaf: bytes }));
  const nothing = { recordedAt: '', actorId: null, data: {}, closed: 'unreadable' };
  changeOf('view.ndjson', (line: ViewLine) => ({ ...line, ...nothing }));
  changeLines(bundle, 'keys.ndjson', (lines) => lines.filter((line) => !line.startsWith(`{"index":${leaf},`)));
  tellAnew(bundle);
};

/** Ways to change the bundle of a conversation, of which the rest is made to fit as well as can be. */
const manipulations: Readonly<Record<string, (bundle: Bundle, scene: Scene) => void | Promise<void>>> = {
  'an event of the conversation left out': (b, { leaveOut }) => leaveOut(b, 3),
  'an event left out, in the index too': (b, { leaveOut }) => {
    changeIndex(b, (line) => ({ ...line, leaves: line.leaves?.filter((leaf) => leaf !== 3) }));
    leaveOut(b, 3);
  },
  'all events left out, and said to be in no index': (b, { leaveOut }) => {
    changeIndex(b, ({ leaf, siblings, slot }) => ({ leaf, siblings, slot }));
    OWN.forEach((leaf) => leaveOut(b, leaf));
  },
  'all events left out, and the conversation shown as another': (b, scene) =>
    showAsAnother(b, scene, (label, hash) => [label, hash]),
  // The bytes that are hashed are the same, divided in another place.
  'all events left out, and the conversation shown by a part of its label': (b, scene) =>
    showAsAnother(b, scene, (label, hash) => [label.slice(0, 16), concatBytes([label.slice(16), hash])]),
  'the first event left out, and its leaf taken for the end of the blind': (b, { leaveOut }) => {
    const first = Buffer.alloc(8);
    first.writeBigUInt64BE(BigInt(OWN[0]!));
    changeIndex(b, ({ blind = '', leaves = [], ...line }) => ({
      ...line,
      blind: toBase64(concatBytes([fromBase64(blind), first])),
      leaves: leaves.slice(1),
    }));
    leaveOut(b, OWN[0]!);
  },
  'an event of the conversation without its bytes': (b) => hideBytes(b, 3),
  'a forged event between two leaves': addBetween,
  'the index left out': (b) => changeLines(b, INDEX, () => []),
  'the index and its event left out': (b, { leaveOut, indexed }) => {
    changeLines(b, INDEX, () => []);
    leaveOut(b, indexed);
  },
  'an index of another event': (b) => changeIndex(b, (line) => ({ ...line, leaf: 2 })),
  'an index of no event that is shown': (b) => changeIndex(b, (line) => ({ ...line, leaf: 99 })),
  'another blind': (b) => changeIndex(b, (line) => ({ ...line, blind: HASH })),
  'another leaf in the index': (b) => changeIndex(b, (line) => ({ ...line, leaves: [2, 3, 4, 7] })),
  'the leaves in another order': (b) => changeIndex(b, (line) => ({ ...line, leaves: [3, 2, 4, 6] })),
  'the subject beside what it has': (b) => changeIndex(b, (line) => ({ ...line, slot: [{ label: HASH, hash: HASH }] })),
  'another sibling': (b) =>
    changeIndex(b, (line) => ({ ...line, siblings: line.siblings.map((each) => (each === '' ? each : HASH)) })),
  'a way that is too short': (b) => changeIndex(b, (line) => ({ ...line, siblings: line.siblings.slice(1) })),
  'a way that is too long': (b) => changeIndex(b, (line) => ({ ...line, siblings: ['', ...line.siblings] })),
  'another root in the index': (b, { indexed }) =>
    changeLines(b, 'events.ndjson', (lines) =>
      lines.map((line) => {
        const event = JSON.parse(line) as { index: number; data: string };
        if (event.index !== indexed) return line;
        const data = Buffer.from(event.data, 'base64')
          .toString()
          .replace(/"root":"[^"]+"/, `"root":"${HASH}"`);
        return JSON.stringify({ ...event, data: Buffer.from(data).toString('base64') });
      }),
    ),
  'another conversation': (b) => withScope(b, { id: conversationNumber(8) }),
  'a user of that id': (b) => withScope(b, { kind: 'user' }),
  'more leaves than the index has': (b, { indexed }) => withScope(b, { end: indexed + 1 }),
  'fewer leaves than are shown': (b) => withScope(b, { end: 6 }),
  'a beginning behind the first event': (b) => withScope(b, { begin: 3 }),
  'no leaves at all': (b) => withScope(b, { begin: 6, end: 3 }),
  'chosen events instead': (b) => listAnew(b, { scope: { kind: 'chosen' } }),
  'another name of the user in the transcript': (b) => tellAnew(b, new Map([[ada, 'eve']])),
};

/** Answers the bundle changed in each way. */
export const manipulatedSubject = async (bundle: Bundle, scene: Scene): Promise<Map<string, Bundle>> => {
  const all = new Map<string, Bundle>();
  for (const [name, change] of Object.entries(manipulations)) {
    const copy = new Map(bundle);
    await change(copy, scene);
    const { scope, size } = manifestOf(copy);
    listAnew(copy, { scope, size });
    all.set(name, copy);
  }
  return all;
};
