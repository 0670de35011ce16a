import { equalBytes, fromBase64, textIn, toBase64, utf8 } from './bytes.js';
import { parseHash, parseNumber } from './checkpoint.js';
import { decodeLeaf } from './decode-leaf.js';
import { hashLeaf, type TreeHash } from './merkle-tree.js';
import {
  openCheckpoint,
  requireSigner,
  type AuditCrypto,
  type CheckpointTrust,
  type OpenedCheckpoint,
} from './open-checkpoint.js';
import { parseNote } from './signed-note.js';
import { verifyConsistency, verifyInclusion } from './verify-proofs.js';

/** Something in a certificate is not as it should be; the message says what. */
export class CertificateFault extends Error {
  override readonly name = 'CertificateFault';
}

/** That the log of an earlier signed head grew into the one of the certificate. */
interface Growth {
  /** The signed checkpoint of before the erasure, as it is. */
  readonly checkpoint: string;
  readonly consistency: readonly TreeHash[];
}

/** What the log says of an erasure. Times are in RFC 3339. */
export interface ErasureCertificate {
  /** The name of the log. */
  readonly origin: string;
  readonly issuedAt: string;
  readonly userId: string;
  readonly erasedAt: string;
  /** Who erased them; null where it was the command-line tool. */
  readonly erasedBy: string | null;
  /** The ids of the keys that opened what was personal. */
  readonly keyIds: readonly string[];
  /** When these keys were destroyed. */
  readonly destroyedAt: string;
  /** Since when no page of the database holds them; null where that was not so yet. */
  readonly purgedAt: string | null;
  /** How many events the log had. */
  readonly size: number;
  /** The stored content of the event that erased the user, as it is: JSON in one line. */
  readonly event: string;
  /** What the tree hashes for that event. */
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly inclusion: readonly TreeHash[];
  /** It is null where no head was signed before the erasure. */
  readonly before: Growth | null;
  /** The signed checkpoint of this size, as it is. */
  readonly checkpoint: string;
}

/**
 * What a certificate begins with. No log is named so, as names have no spaces: so that what is signed here can never be taken for a
 * checkpoint, nor a checkpoint for a certificate, though one key signs both.
 */
const HEADER = 'chatapp erasure certificate v1';

/** Stands in the place of a user where the command-line tool did it. */
const TOOL = 'chatapp';

const line = (name: string, value: string | number): string => `${name} ${value}\n`;
const lines = (name: string, values: readonly string[]): string => values.map((value) => line(name, value)).join('');
const hashLines = (name: string, hashes: readonly TreeHash[]): string => lines(name, hashes.map(toBase64));
const noteLine = (name: string, note: string): string => line(name, toBase64(utf8(note)));

/** Answers the text that is signed. */
export const formatCertificate = (certificate: ErasureCertificate): string => {
  const { erasedBy, purgedAt, before } = certificate;
  return [
    `${HEADER}\n`,
    line('log', certificate.origin),
    line('issued', certificate.issuedAt),
    line('user', certificate.userId),
    line('erased', certificate.erasedAt),
    line('by', erasedBy ?? TOOL),
    lines('key', certificate.keyIds),
    line('destroyed', certificate.destroyedAt),
    purgedAt === null ? '' : line('purged', purgedAt),
    line('size', certificate.size),
    line('event', certificate.event),
    line('leaf', toBase64(certificate.leaf)),
    line('index', certificate.index),
    hashLines('inclusion', certificate.inclusion),
    before === null ? '' : noteLine('before', before.checkpoint) + hashLines('consistency', before.consistency),
    noteLine('checkpoint', certificate.checkpoint),
  ].join('');
};

/** Says whether a file may be a certificate. */
export const isCertificate = (text: string): boolean => text.startsWith(`${HEADER}\n`);

const valuesIn = (text: string): ReadonlyMap<string, readonly string[]> => {
  const values = new Map<string, string[]>();
  for (const each of text.split('\n').slice(1, -1)) {
    const end = each.indexOf(' ');
    const name = each.slice(0, end);
    values.set(name, [...(values.get(name) ?? []), each.slice(end + 1)]);
  }
  return values;
};

/** Reads a text as `formatCertificate` writes it: no line more, none less, none elsewhere. */
const parseCertificate = (text: string): ErasureCertificate => {
  const values = valuesIn(text);
  const all = (name: string): readonly string[] => values.get(name) ?? [];
  const find = (name: string): string | null => all(name)[0] ?? null;
  const get = (name: string): string => {
    const value = find(name);
    if (value === null) throw new CertificateFault(`the certificate does not say ${name}`);
    return value;
  };
  const hashes = (name: string) => all(name).map((hash) => parseHash(hash, `a hash of ${name}`));
  const note = (name: string) => textIn(fromBase64(get(name)));
  const by = get('by');
  const certificate = {
    origin: get('log'),
    issuedAt: get('issued'),
    userId: get('user'),
    erasedAt: get('erased'),
    erasedBy: by === TOOL ? null : by,
    keyIds: all('key'),
    destroyedAt: get('destroyed'),
    purgedAt: find('purged'),
    size: parseNumber(get('size'), 'the size'),
    event: get('event'),
    leaf: fromBase64(get('leaf')),
    index: parseNumber(get('index'), 'the index'),
    inclusion: hashes('inclusion'),
    before: find('before') === null ? null : { checkpoint: note('before'), consistency: hashes('consistency') },
    checkpoint: note('checkpoint'),
  };
  if (formatCertificate(certificate) !== text) throw new CertificateFault('the lines are not those of a certificate');
  return certificate;
};

const requireThat = (holds: boolean, otherwise: string): void => {
  if (!holds) throw new CertificateFault(otherwise);
};

/** Checks that the event is that of the leaf, and says what the certificate says. */
const requireSameEvent = ({ sha256 }: AuditCrypto, certificate: ErasureCertificate): string => {
  const { event, leaf, userId, erasedBy, erasedAt, keyIds } = certificate;
  const { type, streamId, dataHash, position } = decodeLeaf(leaf);
  requireThat(type === 'UserErased' && streamId === `user-${userId}`, 'the leaf is not that of the erasure');
  requireThat(equalBytes(sha256(utf8(event)), dataHash), 'the event is not that of the leaf');
  const said = JSON.parse(event) as Readonly<Record<string, unknown>>;
  const isSame = said['userId'] === userId && said['erasedBy'] === erasedBy && said['erasedAt'] === erasedAt;
  requireThat(isSame, 'the event tells of another erasure');
  requireThat(JSON.stringify(said['keyIds'] ?? []) === JSON.stringify(keyIds), 'the event names other keys');
  return position;
};

/** What a certificate proves. */
export interface CertificateReport extends Pick<
  ErasureCertificate,
  'userId' | 'erasedAt' | 'erasedBy' | 'keyIds' | 'destroyedAt' | 'purgedAt' | 'issuedAt'
> {
  readonly checkpoint: OpenedCheckpoint;
  /** The place of the erasure in the log. */
  readonly position: string;
  /** How many events a log had that was signed before, out of which this one grew; null where there was none. */
  readonly grownFrom: number | null;
}

const verifyOpened = (crypto: AuditCrypto, text: string, trust: CheckpointTrust): CertificateReport => {
  const note = parseNote(text);
  requireThat(isCertificate(note.text), `a certificate begins with ${HEADER}`);
  requireSigner(crypto, note, trust.keys, 'the certificate');
  const certificate = parseCertificate(note.text);
  const { before, index, inclusion } = certificate;
  requireThat(certificate.origin === trust.origin, `the certificate is one of ${certificate.origin}`);
  const position = requireSameEvent(crypto, certificate);
  const checkpoint = openCheckpoint(crypto, certificate.checkpoint, trust);
  requireThat(checkpoint.size === certificate.size, 'the checkpoint is of another size');
  const leafHash = hashLeaf(crypto.sha256, certificate.leaf);
  verifyInclusion(crypto.sha256, { index, leafHash, proof: inclusion }, checkpoint);
  const earlier = before && openCheckpoint(crypto, before.checkpoint, { origin: trust.origin, keys: trust.keys });
  if (before && earlier) {
    requireThat(earlier.size <= index, 'the earlier checkpoint is not of before the erasure');
    verifyConsistency(crypto.sha256, earlier, checkpoint, before.consistency);
  }
  const { userId, erasedAt, erasedBy, keyIds, destroyedAt, purgedAt, issuedAt } = certificate;
  const said = { userId, erasedAt, erasedBy, keyIds, destroyedAt, purgedAt, issuedAt };
  return { ...said, checkpoint, position, grownFrom: earlier?.size ?? null };
};

/**
 * Verifies a certificate without the log: it is signed by a key of the log, the erasure is under the signed tree and names these keys,
 * and the log of before it grew into this one. That the keys were destroyed is what the log states by its signature. Raises
 * `CertificateFault`.
 */
export const verifyCertificate = (crypto: AuditCrypto, text: string, trust: CheckpointTrust): CertificateReport => {
  try {
    return verifyOpened(crypto, text, trust);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof CertificateFault) throw error;
    throw new CertificateFault(error.message, { cause: error });
  }
};
