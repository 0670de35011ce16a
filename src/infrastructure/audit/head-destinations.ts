import { rename, writeFile } from 'node:fs/promises';
import { askWitness, WitnessRefusedError, type AskWitnessParts } from '../../application/audit/ask-witness.js';
import type { HeadDestination } from '../../application/audit/tell-heads.js';
import type { KeptCheckpoint } from '../../application/ports/checkpoints.js';
import type { Witness } from '../../application/ports/witnesses.js';

const ANSWER_WITHIN_MS = 10_000;

interface Alarms {
  /** A witness knows another log by this name. */
  readonly onRefused: (witness: string, reason: string) => void;
  /** Somebody could not be told, and is tried again. */
  readonly onAway: (name: string, error: unknown) => void;
}

/** A witness, as one of those who are told each head. */
export const witnessDestination = (
  parts: AskWitnessParts,
  witness: Witness,
  { onRefused, onAway }: Alarms,
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

/** What takes the newest checkpoint as it is. */
const takerOf = (
  name: string,
  checkpoints: { last(): Promise<KeptCheckpoint | undefined> },
  put: (note: string) => Promise<void>,
  { onAway }: Pick<Alarms, 'onAway'>,
): HeadDestination => {
  let told: string | undefined;
  return {
    name,
    isDue: async ({ note }) => note !== told,
    tell: async () => {
      const last = await checkpoints.last();
      if (!last) return;
      await put(last.note);
      told = last.note;
    },
    onFailed: async (error) => {
      onAway(name, error);
    },
  };
};

type TakerParts = [checkpoints: Parameters<typeof takerOf>[1], alarms: Pick<Alarms, 'onAway'>];

/** A file that always holds one whole checkpoint: the newest. */
export const fileDestination = (file: string, ...[checkpoints, alarms]: TakerParts): HeadDestination =>
  takerOf(
    file,
    checkpoints,
    async (note) => {
      const draft = `${file}.partial`;
      await writeFile(draft, note);
      await rename(draft, file);
    },
    alarms,
  );

/** An address to which each checkpoint is posted. */
export const urlDestination = (url: string, ...[checkpoints, alarms]: TakerParts): HeadDestination =>
  takerOf(
    new URL(url).host,
    checkpoints,
    async (note) => {
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
