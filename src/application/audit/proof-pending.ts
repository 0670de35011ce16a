/** An event is in the log, and under no signed head yet. It will be shortly, unless the tree is halted. */
export class ProofPendingError extends Error {
  override readonly name = 'ProofPendingError';
}
