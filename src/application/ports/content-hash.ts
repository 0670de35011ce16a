/** SHA-256 of what comes piece by piece. */
export interface ContentHash {
  update(bytes: Uint8Array): void;
  /** Answers it in hex. */
  digest(): string;
}
