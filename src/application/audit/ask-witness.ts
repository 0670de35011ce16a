import { toBase64 } from '../../domain/audit/bytes.js';
import { openCheckpoint, type AuditCrypto } from '../../domain/audit/open-checkpoint.js';
import {
  formatNote,
  formatSignature,
  NoteFault,
  parseNote,
  parseSignatures,
  signaturesBy,
  type NoteSignature,
} from '../../domain/audit/signed-note.js';
import type { Checkpoints, KeptCheckpoint } from '../ports/checkpoints.js';
import type { LogTree } from '../ports/tree-store.js';
import type { Witness, WitnessAnswer, WitnessStates } from '../ports/witnesses.js';
import { proveConsistency } from './prove.js';

/** A witness does not sign what the log has signed: it knows another log by this name, or does not know it at all. */
export class WitnessRefusedError extends Error {
  override readonly name = 'WitnessRefusedError';
}

/** A witness answers something that is no answer. */
export class WitnessFailedError extends Error {
  override readonly name = 'WitnessFailedError';
}

export interface AskWitnessParts {
  readonly checkpoints: Pick<Checkpoints, 'origin' | 'keys' | 'last'>;
  readonly tree: Pick<LogTree, 'tiles'>;
  readonly crypto: AuditCrypto;
  readonly states: WitnessStates;
}

const OK = 200;
const CONFLICT = 409;
/** What it was shown does not fit what it has seen before, or it does not know the log or its key. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [422, 'it holds the proof that the log only grew for wrong: it has seen another log by this name'],
  [404, 'it does not know the log by this name'],
  [403, 'it does not trust the keys of the log'],
]);
const SIZE_TYPE = 'text/x.tlog.size';
const SIZE = /^(0|[1-9]\d{0,15})\n$/;
/** A witness that grows with another node's heads is asked again. */
const ATTEMPTS = 3;

/** Answers the cosignature of the witness. Raises `WitnessFailedError` where there is none that is right. */
const cosignatureIn = async (
  { checkpoints, crypto }: AskWitnessParts,
  { key }: Witness,
  { note }: KeptCheckpoint,
  text: string,
): Promise<NoteSignature> => {
  try {
    const signed = parseNote(note);
    const signatures = [...signed.signatures, ...parseSignatures(text)];
    const keys = (await checkpoints.keys()).map((each) => each.key);
    const trust = { origin: checkpoints.origin, keys, witnesses: [key], quorum: 1 };
    openCheckpoint(crypto, formatNote({ ...signed, signatures }), trust);
    return signaturesBy(crypto.sha256, { text: signed.text, signatures }, key).at(-1) as NoteSignature; // it was opened by it
  } catch (error) {
    if (!(error instanceof NoteFault)) throw error;
    throw new WitnessFailedError(`its cosignature is none: ${error.message}`, { cause: error });
  }
};

/** Answers the size that a witness says it knows. */
const sizeIn = ({ contentType, text }: WitnessAnswer): number => {
  const isSize = contentType.split(';')[0]?.trim() === SIZE_TYPE;
  const size = SIZE.exec(text)?.[1];
  if (!isSize || size === undefined) throw new WitnessFailedError('it names a conflict, and not which size it knows');
  return Number(size);
};

/** Answers from which size on the witness is to be told; raises where it knows another log. */
const goOnFrom = (asked: number, known: number, { size }: KeptCheckpoint): number => {
  if (known > size)
    throw new WitnessRefusedError(`it has seen a head of ${known} events, and the log has signed up to ${size}`);
  if (known === asked)
    throw new WitnessRefusedError(`it has seen another root of ${known} events than the log has signed`);
  return known;
};

const bodyOf = async (parts: AskWitnessParts, from: number, { size, note }: KeptCheckpoint): Promise<string> => {
  const proof = await proveConsistency({ tree: parts.tree, sha256: parts.crypto.sha256 }, from, size);
  return `old ${from}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`;
};

/** The note without what other witnesses have signed: they are nothing to this one. */
const ownNote = (note: string, origin: string): string => {
  const { text, signatures } = parseNote(note);
  return formatNote({ text, signatures: signatures.filter(({ name }) => name === origin) });
};

/** Shows a head to a witness, from the size on that it knows. Answers its cosignature, or which size it knows instead. */
const show = async (
  parts: AskWitnessParts,
  witness: Witness,
  shown: KeptCheckpoint,
  from: number,
): Promise<NoteSignature | number> => {
  const answer = await witness.addCheckpoint(await bodyOf(parts, from, shown));
  if (answer.status === OK) return cosignatureIn(parts, witness, shown, answer.text);
  const refusal = REFUSALS.get(answer.status);
  if (refusal !== undefined) throw new WitnessRefusedError(refusal);
  if (answer.status !== CONFLICT) throw new WitnessFailedError(`it answers with ${answer.status}`);
  return goOnFrom(from, sizeIn(answer), (await parts.checkpoints.last()) ?? shown);
};

/**
 * Shows the last signed head to a witness, with the proof that it grew out of the one that the witness knows, and keeps its
 * cosignature. Raises `WitnessRefusedError` where the witness knows another log, and what else keeps it from signing.
 */
export const askWitness = async (parts: AskWitnessParts, witness: Witness): Promise<void> => {
  const { checkpoints, states } = parts;
  const { name } = witness.key;
  let from = (await states.find(name))?.size ?? 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const last = await checkpoints.last();
    if (!last) return;
    const shown = { ...last, note: ownNote(last.note, checkpoints.origin) };
    const answer = await show(parts, witness, shown, Math.min(from, last.size));
    if (typeof answer !== 'number') return states.cosigned(name, last.size, formatSignature(answer));
    from = answer;
    await states.knows(name, from);
  }
  throw new WitnessFailedError('it names another size each time');
};
