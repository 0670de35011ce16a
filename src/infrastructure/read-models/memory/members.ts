import type { MemberRow } from '../../../application/projections/messages-tables.js';
import { comparePositions } from '../../../domain/kernel/position.js';

type Joined = Pick<MemberRow, 'joinedPosition' | 'userId'>;

/** Answers a negative number when one comes before the other among the members of a conversation. */
export const compareJoining = (one: Joined, other: Joined): number =>
  comparePositions(one.joinedPosition, other.joinedPosition) || (one.userId < other.userId ? -1 : 1);

export const inOrderOfJoining = <Row extends Joined>(rows: readonly Row[]): readonly Row[] =>
  [...rows].sort(compareJoining);
