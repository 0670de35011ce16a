#!/usr/bin/env node
// Runs a small chat client for the terminal: it logs in, shows every frame that comes, and sends each line that is
// typed.
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

const USAGE = `A chat client for the terminal.

  node scripts/chat.js <login> <password> [recipient]

Shows what comes; sends every line that is typed to the recipient (a username), one after another, and waits when it
is told that it is too fast. Ctrl-D ends it once everything is sent.
CHATAPP_URL says where the server is, by default http://127.0.0.1:3000.

  node scripts/chat.js ada 'correct horse ada' bob`;

const { fetch, setTimeout } = globalThis;
const [login, password, recipient] = process.argv.slice(2);
const url = process.env.CHATAPP_URL ?? 'http://127.0.0.1:3000';

const fail = (text) => {
  console.error(text);
  process.exit(1);
};
if (!login || !password || login === '--help') fail(USAGE);

const response = await fetch(`${url}/user/v1/login`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ login, password, device: 'terminal' }),
}).catch((error) => fail(`${url} cannot be reached: ${error.cause?.message ?? error.message}`));
const answer = await response.json();
if (!response.ok) fail(answer.detail);

const names = new Map([[answer.user.userId, answer.user.username]]);
const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/`);

const show = {
  ready: ({ position }) => `connected; the log stands at ${position}`,
  ack: ({ position }) => `✓ durable at ${position}`,
  error: ({ detail }) => `✗ ${detail}`,
  'message.sent': ({ message }) => `${names.get(message.senderId) ?? message.senderId}: ${message.text}`,
  'message.read': ({ userId }) => `${names.get(userId) ?? userId} has read it`,
};

socket.on('open', () => socket.send(JSON.stringify({ type: 'auth', token: answer.accessToken })));

/** The lines that are not answered yet, the oldest first. A line stays here until it is answered. */
const lines = [];
let isEnding = false;

const sendNext = () => {
  const [line] = lines;
  // A line that is sent again keeps its id, so that it becomes one message.
  if (line) socket.send(JSON.stringify({ type: 'send', id: line.messageId, recipient, ...line }));
  else if (isEnding) process.exit(0);
};

/** Sends each line that is typed. */
const takeLines = () =>
  createInterface({ input: process.stdin })
    .on('line', (text) => {
      if (!recipient) console.log('name a recipient to send');
      else if (text && lines.push({ messageId: randomUUID(), text }) === 1) sendNext();
    })
    .on('close', () => {
      isEnding = true;
      if (lines.length === 0) sendNext();
    });

/** Handles the answer to the oldest line: the next line is sent now, or the same one again later. */
const answered = ({ id, retryAfterMs }) => {
  if (lines.length === 0 || id !== lines[0].messageId) return;
  if (retryAfterMs === undefined) lines.shift();
  setTimeout(sendNext, retryAfterMs ?? 0);
};

socket.on('message', (data) => {
  const frame = JSON.parse(data.toString());
  if (frame.type === 'ready') takeLines();
  answered(frame);
  for (const { userId, username } of frame.conversation?.members ?? []) names.set(userId, username);
  console.log(show[frame.type]?.(frame) ?? `· ${frame.type}`);
});
socket.on('close', (code, reason) => fail(`closed: ${code} ${reason}`));
socket.on('error', (error) => fail(error.message));
