import { createHash } from 'node:crypto';
import type { GenerationChecksum, TableChecksum } from '../../../application/ports/projection-operations.js';
import type { Documents, KeyedDocument } from '../../mongodb/documents.js';
import { generationChecksum } from '../generation-checksum.js';
import { fieldsAsText } from './compare-documents.js';
import { positionOf, type GenerationRecord } from './generation-record.js';
import type { MongoReadModel } from './mongo-read-model.js';

/** Answers a document without its positions, which are its only numbers of 64 bits. Its key is in its fields. */
const textOf = (document: KeyedDocument): string =>
  fieldsAsText(Object.fromEntries(Object.entries(document).filter(([, value]) => typeof value !== 'bigint')));

const checksumCollection = async (
  name: string,
  documents: Documents,
  sort: Readonly<Record<string, 1>>,
): Promise<TableChecksum> => {
  const hash = createHash('sha256');
  let rows = 0;
  for await (const document of documents.each(name, {}, { sort })) {
    rows += 1;
    hash.update(`${textOf(document)}\n`);
  }
  return { table: name, rows, sha256: hash.digest('hex') };
};

/** Sums up the collections of a generation: of each document what is no position, in the order of the keys. */
export const checksumDocuments = async (
  { position }: Pick<GenerationRecord, 'position'>,
  documents: Documents,
  { indexes, order }: Pick<MongoReadModel<never>, 'indexes' | 'order'>,
  onTable: (name: string) => void = () => undefined,
): Promise<GenerationChecksum> => {
  const sums: TableChecksum[] = [];
  for (const name of Object.keys(indexes).sort()) {
    onTable(name);
    sums.push(await checksumCollection(name, documents, order?.[name] ?? { _id: 1 }));
  }
  return generationChecksum(positionOf(position), sums);
};
