import type { NatsConnection } from '@nats-io/transport-node';
import { NatsLink, NatsRefusalError, type NatsLinkParts } from '../nats/nats-link.js';
import { MAX_PAYLOAD_BYTES } from './signal-batch.js';

const requireRoom = ({ info }: NatsConnection, link: NatsLink): void => {
  const most = info?.max_payload ?? 0;
  if (most < MAX_PAYLOAD_BYTES)
    link.end(new NatsRefusalError(`max_payload of the server is ${most}: it must be ${MAX_PAYLOAD_BYTES} at least`));
};

/** Makes a link of a connection, and sends a first batch: that shows whether the server lets this node speak and listen. */
export const openSignalsLink = async (parts: NatsLinkParts, firstBatch: string): Promise<NatsLink> => {
  const link = new NatsLink(parts);
  requireRoom(parts.connection, link);
  await link.send([firstBatch]);
  return link;
};
