import type { MemberRow } from '../../../application/projections/messages-tables.js';
import { comparePositions } from '../../../domain/kernel/position.js';

/** A list shows this many members of each conversation. */
export const MEMBERS_IN_LISTS = 20;
export const ALL_MEMBERS = 1_000;

type Joined = Pick<MemberRow, 'joinedPosition' | 'userId'>;

/** Answers a negative number when one comes before the other among the members of a conversation. */
export const compareJoining = (one: Joined, other: Joined): number =>
  comparePositions(one.joinedPosition, other.joinedPosition) || (one.userId < other.userId ? -1 : 1);

export const inOrderOfJoining = <Row extends Joined>(rows: readonly Row[]): readonly Row[] =>
  [...rows].sort(compareJoining);
