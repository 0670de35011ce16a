import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A MongoDB server behind a relay in this process. */
export interface RelayedMongo {
  readonly url: string;
  /** Lets no request through on the connections that there are. */
  hold(): void;
  /** Ends all connections in one turn of the event loop, the oldest first, as a server does that ends. Later ones are relayed. */
  hangUp(): void;
  close(): Promise<void>;
}

export const relayedMongo = async (serverUrl: string): Promise<RelayedMongo> => {
  const { hostname, port } = new URL(serverUrl);
  const clients = new Set<Socket>();
  const relay = createServer((client) => {
    const server = connect(Number(port), hostname);
    clients.add(client);
    client.on('close', () => {
      clients.delete(client);
      server.destroy();
    });
    for (const socket of [client, server]) socket.on('error', () => undefined); // The end of either side is what matters.
    server.on('close', () => client.destroy());
    client.pipe(server).pipe(client);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const hangUp = () => {
    for (const client of clients) client.destroy();
  };
  return {
    url: `mongodb://127.0.0.1:${(relay.address() as AddressInfo).port}/`,
    hold: () => {
      for (const client of clients) client.unpipe().resume();
    },
    hangUp,
    close: async () => {
      hangUp();
      relay.close();
      await once(relay, 'close');
    },
  };
};
