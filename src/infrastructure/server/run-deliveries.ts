import { Arrivals } from '../../interfaces/ws/arrivals.js';
import type { Hub } from '../../interfaces/ws/hub.js';
import type { ServerParts } from './server-parts.js';

const ROUND_MS = 1_000;

/** Records, once a second, what has come to users' devices, until it is released. */
export const runDeliveries = ({ application, log, releases }: ServerParts, hub: Hub): Arrivals => {
  const { deliveries: recorder } = application;
  const arrivals = new Arrivals({ audience: hub.audience, socketsOf: (userId) => hub.of(userId), recorder });
  const rounds = setInterval(() => {
    recorder
      .record()
      .catch((error: unknown) => log.warn({ err: error }, 'deliveries could not be recorded, trying again'));
    arrivals.ask();
  }, ROUND_MS);
  releases.own('deliveries', rounds, (it) => clearInterval(it));
  return arrivals;
};
