import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { refuseNonsense } from '../../../src/infrastructure/server/refuse-nonsense.js';

const PIECE = Buffer.alloc(65_536, 0x78);

describe('What is no HTTP', () => {
  let server: Server;
  beforeEach(async () => {
    server = createServer((_, response) => response.end()).on('clientError', refuseNonsense);
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Sends something, and answers what came back until the server has ended its side. */
  const answerTo = async (sent: Buffer) => {
    const { port } = server.address() as AddressInfo;
    const tcp = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const failures: Error[] = [];
    tcp.on('error', (error) => failures.push(error));
    let received = '';
    tcp.on('data', (data: Buffer) => (received += data.toString()));
    tcp.write(sent);
    await once(tcp, 'end');
    return { tcp, failures, received };
  };

  it('is refused', async () => {
    const { tcp, received } = await answerTo(Buffer.from('\x16\x03\x01'));
    expect(received).to.match(/^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n/);
    tcp.destroy();
  });

  it('is refused where its headers are too long', async () => {
    const { tcp, received } = await answerTo(Buffer.from(`GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`));
    expect(received).to.match(/^HTTP\/1\.1 431 /);
    tcp.destroy();
  });

  // The connection was cut off with the second piece that came: a client that was still sending was reset, and found no
  // answer.
  it('is not cut off while its client still sends', async () => {
    const { tcp, failures, received } = await answerTo(PIECE);
    expect(received).to.match(/^HTTP\/1\.1 400 /);
    for (let sent = 0; sent < 160 && !tcp.destroyed; sent += 1)
      if (!tcp.write(PIECE)) await Promise.race([once(tcp, 'drain'), once(tcp, 'close')]);
    tcp.end();
    await once(tcp, 'close');
    expect(failures).to.deep.equal([]);
    expect(tcp.bytesWritten).to.equal(161 * PIECE.length);
  });
});
