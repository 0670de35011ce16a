import { isDeepStrictEqual } from 'node:util';
import { encodeLeaf } from '../../src/domain/audit/leaf.js';
import { TRANSCRIPT_END, transcriptHead, transcriptRow } from '../../src/domain/audit/transcript.js';
import { sha256 } from './audit-crypto.js';
import { ada } from './ids.js';
import {
  changeLine,
  changeLines,
  listAnew,
  LOG,
  manifestOf,
  NAMES,
  type Bundle,
  type bundleScene,
} from './bundle-scene.js';
import { noteSigner } from './note-signer.js';

type Scene = Awaited<ReturnType<typeof bundleScene>>;

interface Line {
  index: number;
  leaf: string;
  data: string;
  metadata: string;
  key: string;
  closed: string | null;
  actorId: string;
}

const EVENTS = 'events.ndjson';
const KEYS = 'keys.ndjson';
const VIEW = 'view.ndjson';
const PROOF = 'proof.txt';
const OTHER_HASH = Buffer.alloc(32, 7).toString('base64');

const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** Answers the next letter of base64: at the end of a key it stands for the same bytes, with other bits behind them. */
const nextInBase64 = (letter: string): string => String.fromCharCode(letter.charCodeAt(0) + 1);
const replaced = (line: string, what: string | RegExp, by: string): string =>
  base64(Buffer.from(line, 'base64').toString().replace(what, by));

/** Writes the transcript that belongs to the view. */
export const tellAnew = (bundle: Bundle, names = NAMES): void => {
  const { scope, size } = manifestOf(bundle);
  const views = bundle.get(VIEW)!.toString().split('\n').slice(0, -1);
  const rows = views.map((line) => transcriptRow(JSON.parse(line) as never, { scope, names })).join('');
  const head = transcriptHead({ origin: LOG.key.name, size, scope, names });
  bundle.set('transcript.html', Buffer.from(head + rows + TRANSCRIPT_END));
};

const saidOtherwise = (bundle: Bundle, change: (text: string) => string): void => {
  changeLines(bundle, VIEW, (lines) => lines.map(change));
  tellAnew(bundle);
};

const withManifest = (bundle: Bundle, changes: object): void => {
  bundle.set('manifest.json', Buffer.from(JSON.stringify({ ...manifestOf(bundle), ...changes })));
};

/**
 * Ways to change the bundle of positions 6 to 30, leaves 1 to 9, between the edges 0 and 10. Each makes the rest of the bundle
 * fit, the manifest included, as well as that can be done without the key of the log.
 */
const manipulations: Readonly<Record<string, (bundle: Bundle, scene: Scene) => void>> = {
  'other stored bytes': (b) =>
    changeLine(b, EVENTS, 3, (l: Line) => ({ ...l, data: replaced(l.data, '"replyTo":null', '"replyTo":"x"') })),
  'another author': (b) => {
    changeLine(b, EVENTS, 3, (l: Line) => ({ ...l, metadata: replaced(l.metadata, /"actorId":"./, '"actorId":"f') }));
    saidOtherwise(b, (line) => line.replace(/("index":3,.*"actorId":").(?=.*)/, '$1f'));
  },
  'another time of another leaf': (b, { events }) => {
    const event = events[3]!;
    const metadata = Buffer.from(event.metadata.toString().replace(/"recordedAt":"2026/, '"recordedAt":"2025'));
    const leaf = Buffer.from(encodeLeaf(sha256, { ...event, metadata })).toString('base64');
    changeLine(b, EVENTS, 3, (l: Line) => ({ ...l, leaf, metadata: metadata.toString('base64') }));
    saidOtherwise(b, (line) => (line.startsWith('{"index":3,') ? line.replace('At":"2026', 'At":"2025') : line));
  },
  'an event left out': (b) => {
    changeLines(b, EVENTS, (lines) => lines.filter((_, at) => at !== 4));
    changeLines(b, VIEW, (lines) => lines.filter((_, at) => at !== 3));
    changeLines(b, KEYS, (lines) => lines.filter((line) => !line.startsWith('{"index":4,')));
    tellAnew(b);
  },
  'an event left out, its leaf proven otherwise': (b, { log }) => {
    changeLines(b, EVENTS, (lines) => lines.filter((_, at) => at !== 4));
    changeLines(b, PROOF, () => [Buffer.from(log.inclusion(4).leafHash).toString('base64')]);
    changeLines(b, VIEW, (lines) => lines.filter((_, at) => at !== 3));
    changeLines(b, KEYS, (lines) => lines.filter((line) => !line.startsWith('{"index":4,')));
    tellAnew(b);
  },
  'the last event shown as beside the range': (b) => {
    changeLine(b, EVENTS, 9, ({ index, leaf }: Line) => ({ index, leaf }));
    changeLines(b, VIEW, (lines) => lines.slice(0, -1));
    tellAnew(b);
  },
  'the leaf before the range left out': (b, { log }) => {
    changeLines(b, EVENTS, (lines) => lines.slice(1));
    changeLines(b, PROOF, () => [Buffer.from(log.inclusion(0).leafHash).toString('base64')]);
  },
  'the leaf behind the range left out': (b, { log }) => {
    changeLines(b, EVENTS, (lines) => lines.slice(0, -1));
    changeLines(b, PROOF, () => [Buffer.from(log.inclusion(10).leafHash).toString('base64')]);
  },
  'two events in the other order': (b) => changeLines(b, EVENTS, ([a, c, d, ...rest]) => [a!, d!, c!, ...rest]),
  'an event twice': (b) => changeLines(b, EVENTS, ([a, c, ...rest]) => [a!, c!, c!, ...rest]),
  'a leaf of another number': (b) => changeLine(b, EVENTS, 10, (l: Line) => ({ ...l, index: 11 })),
  'no event at all': (b) => {
    for (const name of [EVENTS, VIEW, KEYS]) b.set(name, Buffer.alloc(0));
    tellAnew(b);
  },
  'a proof that is too long': (b) => changeLines(b, PROOF, (lines) => [...lines, OTHER_HASH]),
  'a wider range': (b) => withManifest(b, { scope: { kind: 'range', from: '6', to: '33' } }),
  'a narrower range': (b) => withManifest(b, { scope: { kind: 'range', from: '6', to: '27' } }),
  'a position with a space': (b) => {
    withManifest(b, { scope: { kind: 'range', from: ' 6', to: '30' } });
    tellAnew(b);
  },
  'a scope that asks for less': (b) => withManifest(b, { scope: { kind: 'chosen' } }),
  'another size': (b) => withManifest(b, { size: 12 }),
  'a checkpoint of another size': (b, { checkpointBy }) => {
    const [, ...signed] = checkpointBy(LOG).split('\n\n');
    b.set('checkpoint.txt', Buffer.from([checkpointBy(LOG, { size: 12 }).split('\n\n')[0], ...signed].join('\n\n')));
    withManifest(b, { size: 12 });
  },
  'a forged signature': (b, { checkpointBy }) => {
    const [text, signatures = ''] = checkpointBy(LOG).split('\n\n');
    const forged = signatures.replace(/[A-Za-z0-9+/]{4}(?=[A-Za-z0-9+/]{40}==|[A-Za-z0-9+/]{40}=)/, 'AAAA');
    b.set('checkpoint.txt', Buffer.from(`${text}\n\n${forged}`));
  },
  'a checkpoint signed by somebody else': (b, { checkpointBy }) =>
    void b.set('checkpoint.txt', Buffer.from(checkpointBy(noteSigner('example.org/chat', 2)))),
  'a checkpoint of another log': (b, { checkpointBy }) =>
    void b.set('checkpoint.txt', Buffer.from(checkpointBy(LOG, { origin: 'example.org/other' }))),
  'another key of an event': (b) => changeLine(b, KEYS, 1, (l: Line) => ({ ...l, key: OTHER_HASH })),
  'the keys of two events exchanged': (b) => {
    const [, one, other] = b
      .get(KEYS)!
      .toString()
      .split('\n')
      .map((line) => line && (JSON.parse(line) as Line));
    changeLine(b, KEYS, 1, (l: Line) => ({ ...l, key: (other as Line).key }));
    changeLine(b, KEYS, 2, (l: Line) => ({ ...l, key: (one as Line).key }));
  },
  'a text without its key': (b) => changeLines(b, KEYS, (lines) => lines.filter((_, at) => at !== 1)),
  'another text in the view': (b) => saidOtherwise(b, (line) => line.replace('100 €', '1,000 €')),
  'another position in the view': (b) => changeLine(b, VIEW, 2, (l: Line) => ({ ...l, position: '13' })),
  'another revision in the view': (b) => changeLine(b, VIEW, 2, (l: Line) => ({ ...l, revision: 1 })),
  'no number for a revision in the view': (b) => changeLine(b, VIEW, 2, (l: Line) => ({ ...l, revision: false })),
  'a text said to be erased': (b) =>
    saidOtherwise(b, (line) =>
      line.startsWith('{"index":3,') ? line.replace('"closed":null', '"closed":"erased"') : line,
    ),
  'another text in the view, before the one that is proven': (b) =>
    changeLines(b, VIEW, ([one, other, ...rest]) => [
      one!,
      other!.replace('{', '{"data":{"text":"1,000 €"},'),
      ...rest,
    ]),
  'another text in the transcript': (b) => {
    const text = b.get('transcript.html')!.toString();
    b.set('transcript.html', Buffer.from(text.replace('100 €', '1,000 €')));
  },
  'another name in the transcript': (b) => tellAnew(b, new Map([...NAMES, [ada, 'eve']])),
  'two names of one user': (b) =>
    changeLines(b, 'names.ndjson', (lines) => [...lines, JSON.stringify({ id: ada, name: 'eve' })]),
  'another scope in the transcript': (b) => {
    const text = b.get('transcript.html')!.toString();
    b.set('transcript.html', Buffer.from(text.replace('to position 30', 'to position 33')));
  },
  'what is stored said to be unreadable': (b) => {
    changeLine(b, VIEW, 2, (l: Line) => ({ ...l, data: {}, closed: 'unreadable' }));
    tellAnew(b);
  },
  'an event more in the view': (b) => changeLines(b, VIEW, (lines) => [...lines, lines[0]!]),
  'a line without its end': (b) =>
    void b.set(VIEW, Buffer.concat([b.get(VIEW)!, Buffer.from('{"index":12,"data":{"text":"I owe you 1,000 €"}}')])),
  'a key of an event that is not shown': (b) =>
    changeLines(b, KEYS, (lines) => [...lines, JSON.stringify({ index: 10, key: OTHER_HASH })]),
  'a key that is longer': (b) =>
    changeLine(b, KEYS, 1, (l: Line) => ({
      ...l,
      key: Buffer.concat([Buffer.from(l.key, 'base64'), Buffer.alloc(1)]).toString('base64'),
    })),
  'a key in another form of base64': (b) =>
    changeLine(b, KEYS, 1, (l: Line) => ({ ...l, key: l.key.replace(/.=$/, (end) => `${nextInBase64(end[0]!)}=`) })),
  'a script in the transcript': (b) => {
    const text = b.get('transcript.html')!.toString();
    b.set('transcript.html', Buffer.from(text.replace('</body>', '<script>1</script></body>')));
  },
  'another file': (b) => {
    const name = [...b.keys()].find((each) => each.startsWith('media/'))!;
    b.set(name, Buffer.from('another file'));
  },
  'a file of no event': (b) => void b.set('media/01900000-0009-7000-8000-000000000009', Buffer.from('another file')),
};

/** Ways to change it that leave the manifest as it is. */
const carelessManipulations: Readonly<Record<string, (bundle: Bundle) => void>> = {
  'another part than the manifest lists': (b) => void b.set('log-keys.txt', Buffer.from('other\n')),
  'a part that the manifest does not list': (b) => void b.set('note.txt', Buffer.from('see here')),
  'a part that is not there': (b) => void b.delete('log-keys.txt'),
  'a manifest of another format': (b) => withManifest(b, { format: 'chatapp-audit-bundle/v2' }),
};

/** Answers the bundle changed in each way. */
export const manipulated = (bundle: Bundle, scene: Scene): Map<string, Bundle> => {
  const all = new Map<string, Bundle>();
  for (const [name, change] of Object.entries(manipulations)) {
    const copy = new Map(bundle);
    change(copy, scene);
    const { scope, size } = manifestOf(copy);
    listAnew(copy, { scope, size });
    all.set(name, copy);
  }
  for (const [name, change] of Object.entries(carelessManipulations)) {
    const copy = new Map(bundle);
    change(copy);
    all.set(name, copy);
  }
  return all;
};

/** Says whether two bundles have the same parts and say the same in their manifests, however these are written. */
export const isAlike = (one: Bundle, other: Bundle): boolean => {
  const read = (bundle: Bundle) => ({
    parts: new Map([...bundle].filter(([name]) => name !== 'manifest.json')),
    manifest: manifestOf(bundle),
  });
  return isDeepStrictEqual(read(one), read(other));
};
