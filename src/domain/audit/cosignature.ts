import { utf8 } from './bytes.js';
import { NoteFault } from './signed-note.js';

const TIME_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** A witness's signature under a checkpoint, taken apart. */
export interface Cosignature {
  /** Seconds since the epoch. */
  readonly time: number;
  /** What was signed. */
  readonly message: Uint8Array;
  /** An Ed25519 signature. */
  readonly signature: Uint8Array;
}

/** Answers what a witness signs: that it has seen the checkpoint at this time, in seconds since the epoch. */
export const cosignedMessage = (checkpoint: string, time: number): Uint8Array =>
  utf8(`cosignature/v1\ntime ${time}\n${checkpoint}`);

/** Takes a cosignature apart (C2SP `tlog-cosignature`, Ed25519). Raises `NoteFault`. */
export const readCosignature = (checkpoint: string, bytes: Uint8Array): Cosignature => {
  if (bytes.length !== TIME_BYTES + SIGNATURE_BYTES) throw new NoteFault('a cosignature is 72 bytes long');
  const time = bytes.subarray(0, TIME_BYTES).reduce((sum, byte) => sum * 256 + byte, 0);
  if (!Number.isSafeInteger(time)) throw new NoteFault('the time of a cosignature is too large');
  return { time, message: cosignedMessage(checkpoint, time), signature: bytes.subarray(TIME_BYTES) };
};
