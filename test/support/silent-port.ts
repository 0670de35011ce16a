import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A port that takes connections and never says a word, as that of a server that hangs. */
export interface SilentPort {
  readonly port: number;
  close(): Promise<void>;
}

export const openSilentPort = async (): Promise<SilentPort> => {
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined); // the client has gone
    socket.on('close', () => sockets.delete(socket));
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    close: async () => {
      listener.close();
      for (const socket of sockets) socket.destroy();
      await once(listener, 'close');
    },
  };
};
