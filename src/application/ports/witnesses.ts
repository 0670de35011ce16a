import type { NoteKey } from '../../domain/audit/signed-note.js';

/** What a witness answers over HTTP. */
export interface WitnessAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** Somebody else who sees each head, and signs that it fits those that they saw before (C2SP `tlog-witness`). */
export interface Witness {
  /** Its key for cosignatures; its name is that of the witness. */
  readonly key: NoteKey;
  /** Sends a body to its `add-checkpoint`. Raises what keeps an answer from coming. */
  addCheckpoint(body: string): Promise<WitnessAnswer>;
}

/** How a witness stands to the log. */
export interface WitnessState {
  readonly name: string;
  /** The size of the head that it knows. */
  readonly size: number;
  readonly cosignedAt: string | null;
  /** Why it refuses what the log has signed; null where it does not. */
  readonly refusedBecause: string | null;
  /** Since when there is no answer; null while there is. */
  readonly awaySince: string | null;
}

/** What is kept of each witness. */
export interface WitnessStates {
  list(): Promise<readonly WitnessState[]>;
  find(name: string): Promise<WitnessState | undefined>;
  /** Keeps its cosignature, a line of a note, under the head of this size. */
  cosigned(name: string, size: number, line: string): Promise<void>;
  /** Notes which size it says that it knows. */
  knows(name: string, size: number): Promise<void>;
  refused(name: string, reason: string): Promise<void>;
  away(name: string): Promise<void>;
}
