#!/usr/bin/env node
// Runs a small chat client for the terminal, by the client library: it shows what comes, and sends each line that is
// typed.
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

const USAGE = `A chat client for the terminal.

  node scripts/chat.js <login> <password> [recipient]

Shows what comes; sends every line that is typed to the recipient (a username), one after another. It connects again by
itself, and sends what could not be sent before. Ctrl-D ends it once everything is sent.
CHATAPP_URL says where the server is, by default http://127.0.0.1:3000.

  node scripts/chat.js ada 'correct horse ada' bob`;

const [login, password, recipient] = process.argv.slice(2);
const url = process.env.CHATAPP_URL ?? 'http://127.0.0.1:3000';

const fail = (text) => {
  console.error(text);
  process.exit(1);
};
if (!login || !password || login === '--help') fail(USAGE);

const { createChat } = await import('chatapp/client').catch(() => fail('Build the client first: npm run build'));
const chat = createChat({ url, WebSocket, onFrame: (frame) => showFrame(frame) });

const nameOf = (conversationId, userId) =>
  chat.conversation(conversationId)?.members.find((member) => member.userId === userId)?.username ?? userId;

const show = {
  ready: ({ position }) => `connected; the log stands at ${position}`,
  ack: ({ position }) => `✓ durable at ${position}`,
  error: ({ detail }) => `✗ ${detail}`,
  'message.read': ({ conversationId, userId }) => `${nameOf(conversationId, userId)} has read it`,
};

/** Messages are shown once the library knows who has sent them. */
const SHOWN_ELSEWHERE = new Set(['message.sent', 'pong']);

chat.onMessage(({ conversationId, senderId, text }) => console.log(`${nameOf(conversationId, senderId)}: ${text}`));
chat.subscribe('connection', () => {
  const { name, reason } = chat.connection;
  if (reason === 'too_many_sockets') fail('closed: there are too many connections of this user');
  if (name === 'waiting') console.log('· connecting again');
});
chat.subscribe('session', () => chat.user ?? fail('closed: the session has ended'));

const showFrame = (frame) => {
  if (!SHOWN_ELSEWHERE.has(frame.type)) console.log(show[frame.type]?.(frame) ?? `· ${frame.type}`);
};

await chat
  .signIn({ login, password, device: 'terminal' })
  .catch(({ code, message }) => fail(code === 'unreachable' ? `${url} cannot be reached` : message));

for await (const text of createInterface({ input: process.stdin })) {
  if (!recipient) console.log('name a recipient to send');
  else if (text) await chat.send({ recipient, text });
}
await chat.flushed();
// What was sent is shown, too, before the program ends.
await new Promise((resolve) => {
  const check = () => chat.outgoing().every(({ failure }) => failure) && resolve();
  chat.subscribe('outbox', check);
  check();
});
process.exit(chat.unsent.length === 0 ? 0 : 1);
