import type { Witness } from '../../application/ports/witnesses.js';
import { readAtMost } from './read-at-most.js';
import type { WitnessAddress } from './witness-address.js';

const ANSWER_WITHIN_MS = 10_000;
const MOST_BYTES = 65_536;

/** A witness that is reached over HTTP (C2SP `tlog-witness`). */
export const witnessAt = ({ key, url }: WitnessAddress): Witness => ({
  key,
  addCheckpoint: async (body) => {
    const response = await fetch(`${url.replace(/\/$/, '')}/add-checkpoint`, {
      method: 'POST',
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const text = await readAtMost(response, MOST_BYTES);
    return { status: response.status, contentType: response.headers.get('content-type') ?? '', text };
  },
});
