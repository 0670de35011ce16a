import { answerOnce } from './answer-once.js';
import { openMembers } from './member-socket.js';

/** Sockets of these users are opened in turns, and kept. */
export interface IdleSockets {
  readonly url: string;
  readonly tokens: readonly string[];
  readonly sockets: number;
}

answerOnce(async ({ url, tokens, sockets }: IdleSockets): Promise<{ readonly opened: number }> => {
  const members = Array.from({ length: sockets }, (_, n) => ({ url, token: tokens[n % tokens.length] ?? '' }));
  const opened = await openMembers(members, () => undefined);
  for (const socket of opened) socket.once('close', () => process.exit(1));
  return { opened: opened.length };
});
