import { randomUUID } from 'node:crypto';
import type { NodeId } from '../../application/ports/signals.js';
import type { Config } from '../config.js';
import { parseNatsUrl } from '../nats/nats-address.js';
import { openNats, type NatsOptions } from '../nats/open-nats.js';
import { openSignalsLink } from '../signals/open-signals-link.js';
import { signalsSubject } from '../signals/open-signals.js';
import { packBatch } from '../signals/signal-batch.js';
import { failure, ok, warning, type Check } from './outcome.js';

interface Tried {
  readonly isUsable: boolean;
  readonly detail: string;
}

/** Connects to one server, and speaks and listens there as a node does. */
const tryServer = async (options: NatsOptions, subject: string): Promise<Tried> => {
  const [server = ''] = options.servers;
  const { host } = new URL(server);
  try {
    const connection = await openNats(options);
    try {
      const parts = { connection, subject, onMessage: () => undefined, alive: () => undefined };
      await openSignalsLink(parts, packBatch(randomUUID() as NodeId, 1, []));
      return { isUsable: true, detail: `${host} (NATS ${connection.info?.version})` };
    } finally {
      await connection.close();
    }
  } catch (error) {
    const { message } = error as Error;
    return { isUsable: false, detail: message.startsWith(host) ? message : `${host}: ${message}` };
  }
};

/** Checks each NATS server: whether it is there, knows this node, and lets it speak and listen. */
export const checkNats =
  (url: string, config: Config): Check =>
  async () => {
    const address = { ...parseNatsUrl(url), caFile: config.NATS_CA_FILE };
    const tried = await Promise.all(
      address.servers.map((server) => tryServer({ ...address, servers: [server] }, signalsSubject(config))),
    );
    const detail = tried.map((each) => each.detail).join(', ');
    if (tried.every(({ isUsable }) => isUsable)) return ok(`typing and presence go over ${detail}`);
    return tried.some(({ isUsable }) => isUsable)
      ? warning(detail, 'signals go over the others: start it, or remove it from NATS_URL')
      : failure(detail, 'start it, or correct NATS_URL: until then typing and presence are shown on one node alone');
  };
