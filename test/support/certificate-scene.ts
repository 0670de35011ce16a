import { formatCheckpoint } from '../../src/domain/audit/checkpoint.js';
import { formatCertificate, type ErasureCertificate } from '../../src/domain/audit/erasure-certificate.js';
import { encodeLeaf } from '../../src/domain/audit/leaf.js';
import { formatVerifierKey } from '../../src/domain/audit/signed-note.js';
import { sha256 } from './audit-crypto.js';
import { ada, at, bob } from './ids.js';
import { MerkleLog, numberedLeaves } from './merkle-log.js';
import { noteOf, noteSigner, witness } from './note-signer.js';

const ORIGIN = 'example.org/chat';
const signer = noteSigner(ORIGIN, 1);
const seer = witness('witness.example', 9);

export const KEY_IDS = ['0123456789abcdef0123456789abcdef'];
export const TRUST = { origin: ORIGIN, keys: [signer.key] };
export const CERTIFICATE_KEY = formatVerifierKey(sha256, signer.key);
export const WITNESS_KEY = formatVerifierKey(sha256, seer.key);

const BEFORE = 20;
const INDEX = 25;

export const eventOf = (data: object = {}) =>
  JSON.stringify({ userId: ada, keyIds: KEY_IDS, erasedBy: bob, erasedAt: at(900), ...data });

export const leafOf = (event: string, header: object = {}) =>
  encodeLeaf(sha256, {
    position: '26',
    streamId: `user-${ada}`,
    revision: 7,
    eventId: '01980000-0000-7000-8000-0000000000aa',
    type: 'UserErased',
    schemaVersion: 1,
    data: Buffer.from(event),
    metadata: Buffer.from('{}'),
    ...header,
  });

/** A checkpoint of this head, signed by the log and seen by a witness. */
export const checkpointOf = (head: { readonly size: number; readonly root: Uint8Array }, by = signer): string => {
  const text = formatCheckpoint({ origin: by.key.name, ...head });
  return noteOf(text, by.sign(text), seer.cosign(text, 1_800_000_000));
};

/** A log of 30 events in which the leaf of an erasure stands, with all that a certificate says. */
export const certifiedLog = (leaf = leafOf(eventOf()), index = INDEX) => {
  const log = new MerkleLog()
    .add(numberedLeaves(BEFORE))
    .add([...numberedLeaves(index - BEFORE, BEFORE), leaf, ...numberedLeaves(4, index + 1)]);
  const certificate: ErasureCertificate = {
    origin: ORIGIN,
    issuedAt: at(1_000),
    userId: ada,
    erasedAt: at(900),
    erasedBy: bob,
    keyIds: KEY_IDS,
    destroyedAt: at(901),
    purgedAt: at(910),
    size: log.size,
    event: eventOf(),
    leaf,
    index,
    inclusion: log.inclusion(index).proof,
    before: { checkpoint: checkpointOf(log.head(BEFORE)), consistency: log.consistency(BEFORE) },
    checkpoint: checkpointOf(log.head()),
  };
  return { log, certificate };
};

/** Signs whatever is said, as the log would. */
export const signed = (certificate: ErasureCertificate, by = signer): string =>
  signedText(formatCertificate(certificate), by);

export const signedText = (text: string, by = signer): string => noteOf(text, by.sign(text));

export const otherLog = noteSigner('example.org/other', 2);
export const otherKey = noteSigner(ORIGIN, 3);
