import { readFile, rename, writeFile } from 'node:fs/promises';
import { askWitness, WitnessRefusedError, type AskWitnessParts } from '../../application/audit/ask-witness.js';
import { requireGrown } from '../../application/audit/sign-checkpoint.js';
import { TreeFault } from '../../application/audit/tree-fault.js';
import type { HeadDestination } from '../../application/audit/tell-heads.js';
import type { KeptCheckpoint } from '../../application/ports/checkpoints.js';
import type { Witness } from '../../application/ports/witnesses.js';
import { parseCheckpoint, type Checkpoint } from '../../domain/audit/checkpoint.js';
import { NoteFault, parseNote } from '../../domain/audit/signed-note.js';
import { errorCode } from '../error-code.js';

const ANSWER_WITHIN_MS = 10_000;

interface Alarms {
  /** A witness knows another log by this name. */
  readonly onRefused: (witness: string, reason: string) => void;
  /** What was kept elsewhere is a head of this log that the log does not follow on: it was replaced, or lost its end. */
  readonly onReplaced: (name: string, reason: string) => void;
  /** Somebody could not be told, and is tried again. */
  readonly onAway: (name: string, error: unknown) => void;
}

/** A witness, as one of those who are told each head. */
export const witnessDestination = (
  parts: AskWitnessParts,
  witness: Witness,
  { onRefused, onAway }: Omit<Alarms, 'onReplaced'>,
): HeadDestination => {
  const { name } = witness.key;
  const { states } = parts;
  return {
    name,
    isDue: async ({ size, note }) => (await states.find(name))?.size !== size || !note.includes(`\n\u2014 ${name} `),
    tell: () => askWitness(parts, witness),
    onFailed: async (error) => {
      if (!(error instanceof WitnessRefusedError)) {
        await states.away(name);
        onAway(name, error);
        return;
      }
      const before = (await states.find(name))?.refusedBecause;
      await states.refused(name, error.message);
      if (before !== error.message) onRefused(name, error.message);
    },
  };
};

type TakerAlarms = Pick<Alarms, 'onReplaced' | 'onAway'>;

/** What takes the newest checkpoint as it is. */
const takerOf = (
  name: string,
  checkpoints: { last(): Promise<KeptCheckpoint | undefined> },
  put: (last: KeptCheckpoint) => Promise<void>,
  { onReplaced, onAway }: TakerAlarms,
): HeadDestination => {
  let told: string | undefined;
  return {
    name,
    isDue: async ({ note }) => note !== told,
    tell: async () => {
      const last = await checkpoints.last();
      if (!last) return;
      await put(last);
      told = last.note;
    },
    onFailed: async (error) => {
      if (error instanceof TreeFault) onReplaced(name, error.message);
      else onAway(name, error);
    },
  };
};

/** Answers the checkpoint of this log that a file holds; undefined where it holds none. */
const keptIn = async (file: string, origin: string): Promise<Checkpoint | undefined> => {
  try {
    const kept = parseCheckpoint(parseNote(await readFile(file, 'utf8')).text);
    return kept.origin === origin ? kept : undefined;
  } catch (error) {
    if (error instanceof NoteFault || errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

type FileParts = Pick<AskWitnessParts, 'tree' | 'crypto'> & {
  readonly checkpoints: Pick<AskWitnessParts['checkpoints'], 'origin' | 'last'>;
};

/**
 * A file that always holds one whole checkpoint: the newest. What it holds is written over only by a head that grew out of it: it
 * may be all that shows that the database was replaced by an older one.
 */
export const fileDestination = (
  file: string,
  { checkpoints, tree, crypto: { sha256 } }: FileParts,
  alarms: TakerAlarms,
): HeadDestination =>
  takerOf(
    file,
    checkpoints,
    async ({ size, root, note }) => {
      const kept = await keptIn(file, checkpoints.origin);
      if (kept) await requireGrown({ tree, sha256 }, kept, { size, root });
      const draft = `${file}.partial`;
      await writeFile(draft, note);
      await rename(draft, file);
    },
    alarms,
  );

/** An address to which each checkpoint is posted. */
export const urlDestination = (
  url: string,
  checkpoints: FileParts['checkpoints'],
  alarms: TakerAlarms,
): HeadDestination =>
  takerOf(
    new URL(url).host,
    checkpoints,
    async ({ note }) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: note,
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`it answers with ${response.status}`);
    },
    alarms,
  );
