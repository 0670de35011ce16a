import { counted } from './output.js';
import type { BundleVerified } from './tool.js';

const scopeOf = ({ scope }: BundleVerified): string => {
  if (scope.kind === 'chosen') return 'they were chosen: that none is left out is not proven';
  if (scope.kind === 'range') return `they are all events from position ${scope.from} to ${scope.to}: none is left out`;
  const leaves = `from leaf ${scope.begin} to the one before leaf ${scope.end}`;
  return `they are all events of the ${scope.kind} ${scope.id} ${leaves}, with what proves them: none is left out`;
};

export const witnessLines = ({ witnessed }: Pick<BundleVerified, 'witnessed'>): string[] =>
  witnessed.map(({ name, time }) => `${name} saw this log on ${new Date(time * 1000).toISOString()}`);

/** Says what a bundle proves. */
export const bundleText = (verified: BundleVerified): string =>
  [
    `verified: ${counted(verified.events, 'event')} in the log ${verified.origin} of ${counted(verified.size, 'event')}`,
    scopeOf(verified),
    `${verified.opened} are opened with their own keys, ${verified.closed} stay sealed`,
    ...witnessLines(verified),
  ].join('\n');
