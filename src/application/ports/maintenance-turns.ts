/** The right of this node to maintain a projection alone. It ends with this process, whatever happens to it. */
export interface MaintenanceTurn {
  /** It is given when the turn was lost: another node may have it by now. */
  readonly lost: AbortSignal;
  /** Gives the turn back. */
  release(): Promise<void>;
}

/** Sees that one node at a time maintains a projection. */
export interface MaintenanceTurns {
  /** Takes the turn; undefined where another node has it. */
  take(projection: string): Promise<MaintenanceTurn | undefined>;
  /** Says whether a node that lives has the turn. */
  isTaken(projection: string): Promise<boolean>;
}
