import { counted } from './output.js';
import type { BundleVerified } from './tool.js';

const scopeOf = ({ scope }: BundleVerified): string =>
  scope.kind === 'range'
    ? `they are all events from position ${scope.from} to ${scope.to}: none is left out`
    : 'they were chosen: that none is left out is not proven';

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
