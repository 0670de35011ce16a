import type { Clock } from '../application/ports/clock.js';
import type { Instant } from '../domain/kernel/ids.js';

export const systemClock: Clock = () => new Date().toISOString() as Instant;
