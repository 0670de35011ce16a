import type { Db, Document, Filter, FindOptions, IndexDescription } from 'mongodb';
import { asked, duplicatesOf } from './mongo-errors.js';

/** A document with a key that we give it. */
export type KeyedDocument = Document & { readonly _id: string };

/** A change of one document. It changes nothing where the document does not fit the filter. */
export interface Change {
  readonly filter: Filter<KeyedDocument> & { readonly _id: string };
  readonly update: Document;
}

/** A document as it is to be, whether or not it is there. */
export interface Write {
  /** The whole document, where it is a new one. */
  readonly insert?: KeyedDocument;
  /** The changes of one that is there, also of a new one that another node has inserted meanwhile. */
  readonly changes: readonly Change[];
}

/** Writes to collections, by their names. */
export type Writes = Readonly<Record<string, readonly Write[]>>;

/** The indexes of collections, by their names. */
export type Indexes = Readonly<Record<string, readonly IndexDescription[]>>;

/** Which documents are read of those that fit, and what of them. */
export type Selection = Pick<FindOptions, 'sort' | 'limit' | 'projection'>;

/** The most keys that one question asks for. */
const KEYS_AT_ONCE = 1_000;

/** The documents of one answer where not all of them may be wanted. */
const SOME = 200;

const chunksOf = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));

export interface DocumentsParts {
  readonly db: Db;
  readonly updatesAtOnce: number;
}

/** The collections of one generation of a projection. Their names begin alike. */
export class Documents {
  readonly #parts: DocumentsParts;
  readonly #prefix: string;

  constructor(parts: DocumentsParts, prefix: string) {
    this.#parts = parts;
    this.#prefix = prefix;
  }

  collection(name: string) {
    return this.#parts.db.collection<KeyedDocument>(`${this.#prefix}${name}`);
  }

  /** Reads documents that fit, in one answer as a rule. */
  find(name: string, filter: Filter<KeyedDocument>, selection: Selection = {}): Promise<KeyedDocument[]> {
    const options = { batchSize: 10 * KEYS_AT_ONCE, ...selection };
    return asked(() => this.collection(name).find(filter, options).toArray());
  }

  /** Reads documents that fit, some at a time, as far as they are taken. */
  async *each(name: string, filter: Filter<KeyedDocument>, selection: Selection): AsyncGenerator<KeyedDocument> {
    const cursor = this.collection(name).find(filter, { batchSize: SOME, ...selection });
    try {
      for (let next = await asked(() => cursor.next()); next; next = await asked(() => cursor.next())) yield next;
    } finally {
      await cursor.close();
    }
  }

  /** Reads the documents of these keys, and asks nothing where there are none. */
  async byKeys(
    name: string,
    keys: readonly string[],
    selection: Pick<Selection, 'projection'> = {},
  ): Promise<KeyedDocument[]> {
    const found = chunksOf(keys, KEYS_AT_ONCE).map((some) => this.find(name, { _id: { $in: some } }, selection));
    return (await Promise.all(found)).flat();
  }

  /** Makes the collections and their indexes, where they are missing. Several nodes may do it at once. */
  async make(indexes: Indexes): Promise<void> {
    for (const [name, each] of Object.entries(indexes)) {
      await this.#create(name);
      // FerretDB cuts the connection over a request for several that are there already.
      for (const index of each) await asked(() => this.collection(name).createIndexes([index]));
    }
  }

  async #create(name: string): Promise<void> {
    const full = `${this.#prefix}${name}`;
    const { db } = this.#parts;
    const known = await asked(() => db.listCollections({ name: full }, { nameOnly: true }).toArray());
    if (known.length > 0) return;
    try {
      await asked(() => db.createCollection(full));
    } catch (error) {
      if (!isThere(error)) throw error;
    }
  }

  /** Drops every collection of the generation. */
  async drop(): Promise<void> {
    const { db } = this.#parts;
    const all = await asked(() => db.listCollections({}, { nameOnly: true }).toArray());
    for (const { name } of all) if (name.startsWith(this.#prefix)) await asked(() => db.dropCollection(name));
  }

  /** Carries out writes to several collections at once, in no order. */
  async write(writes: Writes): Promise<void> {
    await Promise.all(Object.entries(writes).map(([name, each]) => this.#writeTo(name, each)));
  }

  async #writeTo(name: string, writes: readonly Write[]): Promise<void> {
    const there = writes.filter(({ insert }) => !insert).flatMap(({ changes }) => changes);
    const fresh = writes.filter(({ insert }) => insert);
    await Promise.all([this.#change(name, there), this.#insert(name, fresh)]);
  }

  /** A document that is there already was inserted before, or by a node that was thought dead: it is changed instead. */
  async #insert(name: string, writes: readonly Write[]): Promise<void> {
    if (writes.length === 0) return;
    const documents = writes.map(({ insert }) => insert as KeyedDocument);
    try {
      await this.collection(name).insertMany(documents, { ordered: false });
    } catch (error) {
      const places = duplicatesOf(error);
      if (!places) await asked(() => Promise.reject(error as Error));
      const there = (places ?? []).flatMap((place) => writes[place]?.changes ?? []);
      await this.#change(name, there);
    }
  }

  async #change(name: string, changes: readonly Change[]): Promise<void> {
    for (const some of chunksOf(changes, this.#parts.updatesAtOnce)) {
      const operations = some.map((updateOne) => ({ updateOne }));
      await asked(() => this.collection(name).bulkWrite(operations, { ordered: false }));
    }
  }
}

const NAMESPACE_EXISTS = 48;

const isThere = (error: unknown): boolean => (error as { readonly code?: unknown }).code === NAMESPACE_EXISTS;
