import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { expect } from 'chai';
import { closeInterfaces } from '../../../src/infrastructure/server/close-interfaces.js';
import { OpenConnections } from '../../../src/interfaces/http/open-connections.js';

const PLENTY_MS = 60_000;
const idleGateway = { stop: async () => 0 };
const REQUEST = 'GET / HTTP/1.1\r\nHost: chat\r\n\r\n';

describe('The connections of clients', () => {
  let server: Server;
  const clients: Socket[] = [];

  const open = async (answer: RequestListener) => {
    server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new OpenConnections(server);
  };
  const client = async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    clients.push(socket);
    const chunks: string[] = [];
    socket.on('data', (chunk) => chunks.push(chunk.toString()));
    socket.on('error', () => undefined); // a connection that is cut off may be reset
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    await once(socket, 'connect');
    return { socket, ended, received: () => chunks.join('') };
  };
  afterEach(() => {
    for (const socket of clients.splice(0)) socket.destroy();
    server.close();
  });

  it('are closed when every request under way is answered, and its connection takes no other', async () => {
    let answer = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const connections = await open((_, response) => void asked.then(() => response.end('late')));
    const { socket, ended, received } = await client();
    const arrived = once(server, 'request');
    socket.write(REQUEST);
    await arrived;
    const closing = closeInterfaces(connections, idleGateway, PLENTY_MS);
    socket.write(REQUEST);
    answer();
    await closing;
    await ended;
    expect(received()).to.match(/Connection: close\r\n/);
    expect(received().match(/HTTP\/1\.1/g)).to.have.length(1);
    expect(server.listening).to.equal(false);
  });

  it('do not wait for connections that are kept, silent, or in the middle of their headers', async () => {
    const connections = await open((_, response) => response.end('done'));
    const [kept, silent, half] = [await client(), await client(), await client()];
    kept.socket.write(REQUEST);
    await once(kept.socket, 'data');
    half.socket.write('GET / HTTP/1.1\r\nHo');
    await closeInterfaces(connections, idleGateway, PLENTY_MS);
    await Promise.all([kept.ended, silent.ended, half.ended]);
  });

  for (const [requests, sockets] of [
    [1, 3],
    [1, 0],
    [0, 3],
  ] as const)
    it(`say how many requests and sockets were cut off: ${requests} and ${sockets}`, async () => {
      const connections = await open(() => undefined);
      const { socket, ended } = await client();
      if (requests > 0) {
        const arrived = once(server, 'request');
        socket.write(REQUEST);
        await arrived;
      }
      const told = await closeInterfaces(connections, { stop: async () => sockets }, 40).catch(
        (error: unknown) => error,
      );
      expect(told).to.be.an('error');
      expect((told as Error).message).to.equal(
        `cut off: ${requests} requests, and ${sockets} sockets with commands under way`,
      );
      await ended;
    });

  it('leave a tenth of the time for connections to end', async () => {
    const connections = await open(() => undefined);
    const told: number[] = [];
    await closeInterfaces(connections, { stop: async (withinMs) => (told.push(withinMs), 0) }, PLENTY_MS);
    expect(told).to.deep.equal([0.9 * PLENTY_MS]);
  });

  // When the gateway failed to stop, nobody closed the connections for which the server was waiting.
  it('are closed though the gateway fails to stop, and its failure is reported', async () => {
    const connections = await open(() => undefined);
    const upgraded = await client();
    server.on('upgrade', (_, socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
    upgraded.socket.write('GET / HTTP/1.1\r\nHost: chat\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(upgraded.socket, 'data');
    const failing = { stop: () => Promise.reject(new Error('the gateway failed')) };
    const told = await closeInterfaces(connections, failing, PLENTY_MS).catch((error: unknown) => error);
    expect((told as Error).message).to.equal('the gateway failed');
    await upgraded.ended;
  });
});
