import { createHash, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { clearUp } from '../../application/media/clear-up.js';
import {
  DamagedBlobError,
  type BlobName,
  type BlobStore,
  type StoredBlob,
} from '../../application/ports/blob-store.js';
import type { Sha256 } from '../../domain/kernel/ids.js';
import type { UserKey } from '../security/user-key.js';
import type { UserKeySource } from '../serialization/sealing.js';
import type { BlobDraft, BlobFiles } from './blob-files.js';
import { chunked } from './chunked.js';
import { CHUNK_BYTES, chunksIn, contentBytesIn, sealChunk } from './chunk-cipher.js';
import { readSealed, undamaged } from './read-sealed.js';

const KEY_BYTES = 32;
const MAGIC = 'chatapp blob 1\n';
/** The bytes of the key of a blob as it is sealed, in base64url. */
const SEALED_KEY_BYTES = 95;
const HEADER_BYTES = MAGIC.length + SEALED_KEY_BYTES;

const contextOf = ({ name }: BlobName): string => `blob\0${name}`;

const headerOf = (blob: BlobName, owner: UserKey, bytes: Buffer): Buffer =>
  Buffer.from(MAGIC + owner.seal(bytes.toString('base64url'), contextOf(blob)), 'latin1');

const keyIn = (blob: BlobName, owner: UserKey, header: Buffer): KeyObject => {
  const text = header.toString('latin1');
  if (!text.startsWith(MAGIC)) throw new DamagedBlobError(`${blob.name} has no header`);
  const sealed = text.slice(MAGIC.length);
  // The last character holds bits that mean nothing: several characters would be read alike.
  if (Buffer.from(sealed, 'base64url').toString('base64url') !== sealed)
    throw new DamagedBlobError(`the header of ${blob.name} was changed`);
  return createSecretKey(Buffer.from(owner.open(sealed, contextOf(blob)), 'base64url'));
};

const writeSealed = async (
  draft: BlobDraft,
  key: KeyObject,
  content: AsyncIterable<Uint8Array>,
): Promise<StoredBlob> => {
  const hash = createHash('sha256');
  let [size, index] = [0, 0];
  for await (const { bytes, isLast } of chunked(content, CHUNK_BYTES)) {
    hash.update(bytes);
    size += bytes.length;
    for (const piece of sealChunk(key, bytes, { index, isLast })) await draft.append(piece);
    index += 1;
  }
  return { size, sha256: hash.digest('hex') as Sha256 };
};

/**
 * Seals blobs with the keys of their users, wherever they are kept. Each has a key of its own, which stands at its start,
 * sealed with that of its user. The content follows in chunks, so that a part of it is read without the rest, and nothing
 * is read that was changed.
 */
export const sealedBlobs = (files: BlobFiles, keys: UserKeySource): BlobStore => {
  const ownerKey = async ({ ownerId, name }: BlobName): Promise<UserKey> => {
    const key = (await keys.forReading([ownerId])).get(ownerId);
    if (!key) throw new DamagedBlobError(`the key of ${name} is gone`);
    return key;
  };

  const blobKey = async (blob: BlobName): Promise<KeyObject> => {
    const owner = await ownerKey(blob);
    for await (const header of files.read(blob, 0, [HEADER_BYTES]))
      return undamaged(blob, () => keyIn(blob, owner, header));
    throw new DamagedBlobError(`blob ${blob.name} is empty`);
  };

  return {
    write: async (blob, content) => {
      const owner = (await keys.forWriting([blob.ownerId])).get(blob.ownerId) as UserKey;
      const bytes = randomBytes(KEY_BYTES);
      const draft = await files.begin(blob);
      try {
        await draft.append(headerOf(blob, owner, bytes));
        const stored = await writeSealed(draft, createSecretKey(bytes), content);
        await draft.commit();
        return stored;
      } catch (error) {
        await clearUp(error, () => draft.discard());
        throw error;
      }
    },
    find: async (blob) => {
      const bytes = await files.sizeOf(blob);
      if (bytes === undefined) return undefined;
      const sealed = bytes - HEADER_BYTES;
      const size = contentBytesIn(sealed);
      if (size === undefined) throw new DamagedBlobError(`blob ${blob.name} was cut`);
      const opened = { blob, key: await blobKey(blob), offset: HEADER_BYTES, chunks: chunksIn(sealed) };
      return { size, read: (start, end) => readSealed(files, opened, start, end) };
    },
    remove: (blob) => files.remove(blob),
    removeAllOf: (ownerId) => files.removeAllOf(ownerId),
    list: (unchangedSince) => files.list(unchangedSince),
    removeDrafts: (unchangedSince) => files.removeDrafts(unchangedSince),
  };
};
