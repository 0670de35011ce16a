import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/**
 * This server sends each message of a conversation to everybody in it, and answers the sender: this is the bare limit
 * of the sockets.
 */
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
const rooms = new Map<string, Set<WebSocket>>();
const waiting: WebSocket[] = [];

server.on('connection', (socket) => {
  socket.once('message', () => {
    waiting.push(socket);
    socket.send('{"type":"ready"}');
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as { conversationId: string; text: string };
      const room = rooms.get(frame.conversationId) ?? new Set();
      rooms.set(frame.conversationId, room.add(socket));
      socket.send('{"type":"ack","id":"1"}');
      const sent = JSON.stringify({ type: 'message.sent', message: frame });
      socket.send(sent);
      // A receiver says nothing first: the socket this far into the second half belongs to the sender at the same place
      // in the first.
      waiting[waiting.indexOf(socket) + waiting.length / 2]?.send(sent);
    });
  });
});

server.on('listening', () => process.send?.({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` }));
