import { createHash, type Hash } from 'node:crypto';
import type { RowDifference, TableComparison } from '../../../application/ports/projection-operations.js';
import type { Documents, KeyedDocument } from '../../mongodb/documents.js';

const AT_ONCE = 1_000;
/** The most pairs that are kept: where every document differs, all of them would be in memory. */
const MOST_PAIRS = 1_000;

/** The documents of a key on both sides. */
export interface Pair {
  readonly key: string;
  readonly used: KeyedDocument | undefined;
  readonly anew: KeyedDocument | undefined;
}

/** Fields whose names begin so are the engine's own: the log does not say them. */
const OWN = '_';

const plain = (value: unknown): unknown => {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.startsWith(OWN))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, each]) => [name, plain(each)]),
  );
};

/** Answers the fields of a document but for the engine's own, the same text for the same values. */
export const fieldsAsText = (document: object): string => JSON.stringify(plain(document));

const textOf = (document: KeyedDocument): string => `${document._id} ${fieldsAsText(document)}`;

const isDifferent = ({ used, anew }: Pair): boolean => !used || !anew || textOf(used) !== textOf(anew);

/** Says whether a document in use was written behind a position: the other side cannot have it yet. */
const isLater = (used: KeyedDocument | undefined, position: bigint): boolean => {
  const at: unknown = used?.['position'];
  return typeof at === 'bigint' && at > position;
};

/** Answers a pair that differs, as of a position; undefined where the two are alike. */
export const differenceAt = (pair: Pair, position: bigint): Pair | undefined =>
  isDifferent(pair) && !isLater(pair.used, position) ? pair : undefined;

const inOrder = (documents: Documents, name: string): AsyncIterator<KeyedDocument, void> =>
  documents.collection(name).find({}, { batchSize: AT_ONCE }).sort({ _id: 1 })[Symbol.asyncIterator]();

/** Compares keys as MongoDB does, which has them in the order of their bytes. */
const compareKeys = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

const withKey = ({ value }: IteratorResult<KeyedDocument, void>, key: string): KeyedDocument | undefined =>
  value?._id === key ? value : undefined;

/** Says whether a document in use counts: not one that the other side cannot have yet. */
const isCounted = ({ used, anew }: Pair, position: bigint): boolean =>
  used !== undefined && (anew !== undefined || !isLater(used, position));

/** Goes through two collections side by side, in the order of their keys. */
async function* pairsOf(name: string, used: Documents, anew: Documents): AsyncGenerator<Pair> {
  const [left, right] = [inOrder(used, name), inOrder(anew, name)];
  let [one, other] = [await left.next(), await right.next()];
  while (one.value || other.value) {
    const keys = [one.value, other.value].flatMap((document) => document?._id ?? []);
    const key = keys.sort(compareKeys)[0] ?? '';
    const pair = { key, used: withKey(one, key), anew: withKey(other, key) };
    yield pair;
    if (pair.used) one = await left.next();
    if (pair.anew) other = await right.next();
  }
}

/** A comparison of a collection, with what differs. */
export interface Compared {
  readonly name: string;
  readonly rows: number;
  readonly expected: number;
  readonly checksum: string | null;
  /** The first ones. */
  readonly different: readonly Pair[];
  /** The number of others that differ. */
  readonly more: number;
}

/** Compares a collection with what was made anew up to a position. */
export const compareCollection = async (
  name: string,
  sides: { readonly used: Documents; readonly anew: Documents },
  position: bigint,
): Promise<Compared> => {
  const checksum: Hash = createHash('sha256');
  const different: Pair[] = [];
  let [rows, expected, more] = [0, 0, 0];
  for await (const pair of pairsOf(name, sides.used, sides.anew)) {
    if (pair.anew) checksum.update(textOf(pair.anew));
    rows += Number(isCounted(pair, position));
    expected += Number(pair.anew !== undefined);
    const difference = differenceAt(pair, position);
    if (difference && different.length < MOST_PAIRS) different.push(difference);
    else if (difference) more += 1;
  }
  return { name, rows, expected, checksum: expected === 0 ? null : checksum.digest('hex'), different, more };
};

/** Reads pairs again. */
export const readAgain = async (
  { name, different }: Compared,
  sides: { readonly used: Documents; readonly anew: Documents },
): Promise<readonly Pair[]> => {
  const keys = different.map(({ key }) => key);
  const [used, anew] = await Promise.all([sides.used.byKeys(name, keys), sides.anew.byKeys(name, keys)]);
  const byKey = (documents: readonly KeyedDocument[]) => new Map(documents.map((each) => [each._id, each]));
  const [left, right] = [byKey(used), byKey(anew)];
  return keys.map((key) => ({ key, used: left.get(key), anew: right.get(key) }));
};

const columnsOf = ({ used, anew }: Pair): readonly string[] => {
  if (!used || !anew) return [];
  const names = Object.keys({ ...used, ...anew }).filter((name) => !name.startsWith(OWN));
  return names.filter((name) => JSON.stringify(plain(used[name])) !== JSON.stringify(plain(anew[name])));
};

const rowDifference = (table: string, pair: Pair): RowDifference => ({
  table,
  key: { _id: pair.key },
  problem: !pair.used ? 'missing' : !pair.anew ? 'not in the log' : 'different',
  columns: columnsOf(pair),
});

/** Answers what is shown of a comparison. Content is not shown, as it may be personal. */
export const shownComparison = ({ name, rows, expected, checksum, different, more }: Compared): TableComparison => {
  const [first] = different;
  const difference = first ? rowDifference(name, first) : null;
  const differentGroups = different.length + more;
  return { table: name, rows, expected, groupedBy: '_id', differentGroups, checksum, difference };
};
