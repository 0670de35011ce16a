import { secondsAfter } from '../../../application/kernel/seconds-after.js';
import { startOf } from '../../../application/projections/audit-index.js';
import type { Instant } from '../../../domain/kernel/ids.js';

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** Answers the beginnings of the stretches of time that follow on a moment: of a minute, an hour and a day. */
export const stretchesFrom = (from: Instant): [Instant, Instant, Instant] => {
  const next = (start: Instant, seconds: number, at: Instant) => (start === at ? at : secondsAfter(start, seconds));
  const minute = startOf('minute', from);
  const hour = next(startOf('hour', minute), HOUR, minute);
  return [minute, hour, next(startOf('day', hour), DAY, hour)];
};

/** Answers the ends of the stretches of time before a moment. */
export const stretchesTo = (to: Instant): [Instant, Instant, Instant] => [
  secondsAfter(startOf('minute', to), MINUTE),
  startOf('hour', to),
  startOf('day', to),
];
