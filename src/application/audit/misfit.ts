import type { Position, StreamId } from '../../domain/kernel/ids.js';

/** How the log differs from what was signed or is under the tree. */
export type MisfitKind =
  /** The event at this position is not the one that was put under the tree. */
  | 'altered'
  /** The event that was put under the tree is not in the log. */
  | 'missing'
  /** The event was never put under the tree, and stands before others that were. */
  | 'inserted'
  /** Events have changed their places. */
  | 'reordered'
  /** The event is the one that was put under the tree, but for its position or revision. */
  | 'renumbered'
  /** The revisions of a stream do not count up from 0 in the order of positions. */
  | 'revision'
  /** The tables of the tree were changed: the log has the root that was signed. */
  | 'tree'
  /** An index of conversations and users is under the tree, and is not that of the events that it is of. */
  | 'index'
  /** A checkpoint is of another log: the log and its tree were replaced together, or the checkpoint was changed. */
  | 'checkpoint';

/** The first place where something does not fit. */
export interface Misfit {
  readonly what: MisfitKind;
  /** Where it is; null where no event is to be named. */
  readonly position: Position | null;
  /** The stream of the event; null where the event is not there any more. */
  readonly streamId: StreamId | null;
  readonly detail: string;
}
