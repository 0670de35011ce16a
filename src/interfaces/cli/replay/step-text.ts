import type { Difference, Step } from './replay.js';
import { written } from './written.js';

const lineOf = ({ field, before, after }: Difference): string =>
  before === undefined ? `    + ${field}: ${written(after)}` : `    ~ ${field}: ${written(before)} → ${written(after)}`;

/** Writes a step: where and when, what, and what it has changed. */
export const stepText = ({ number, event, differences }: Step, of: number): string => {
  const { position, recordedAt, type, streamId, revision, erased, undecodable } = event;
  const actor = (event.metadata as { readonly actorId?: string | null } | null)?.actorId ?? '-';
  return [
    `[${number}/${of}] ${recordedAt ?? '-'}  ${type}  ${streamId}@${revision}  position ${position}  by ${actor}`,
    ...(erased ? ['    (of an erased user: what was personal is gone)'] : []),
    ...(undecodable ? [`    (cannot be decoded: ${undecodable.reason})`] : []),
    ...differences.map(lineOf),
  ].join('\n');
};
