import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail as it was sent over the connection. */
export interface ReceivedMail {
  readonly from: string;
  /** The recipients of the envelope, to whom the mail is really sent. */
  readonly recipients: readonly string[];
  /** The headers as they were sent, but unfolded. */
  readonly headers: readonly string[];
  /** The decoded bodies, by content type. */
  readonly parts: ReadonlyMap<string, string>;
}

const unquote = (text: string): string =>
  Buffer.from(
    text
      .replace(/=\r?\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();

const decoded = (head: string, body: string): string => {
  if (/transfer-encoding: base64/i.test(head)) return Buffer.from(body, 'base64').toString();
  return /transfer-encoding: quoted-printable/i.test(head) ? unquote(body) : Buffer.from(body, 'latin1').toString();
};

const splitHead = (text: string): readonly [string, string] => {
  const end = text.indexOf('\r\n\r\n');
  return [text.slice(0, end), text.slice(end + 4)];
};

/** Parses the headers and parts of a message of `multipart/alternative`. */
const parse = (raw: string): Pick<ReceivedMail, 'headers' | 'parts'> => {
  const [head, body] = splitHead(raw);
  const unfolded = head.replace(/\r\n[ \t]+/g, ' ');
  const boundary = /boundary="([^"]+)"/.exec(unfolded)?.[1] ?? '';
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => splitHead(part.replace(/^\r\n/, '')))
    .map(([partHead, text]) => [/content-type: ([\w/]+)/i.exec(partHead)?.[1] ?? '', decoded(partHead, text)] as const);
  return { headers: unfolded.split('\r\n'), parts: new Map(parts) };
};

export interface Inbox {
  readonly url: string;
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  close(): Promise<void>;
}

/** Opens a mail server that takes mails for everybody but the refused. */
export const openInbox = async (port = 0, refused: readonly string[] = []): Promise<Inbox> => {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: ({ address }, _, answer) => {
      if (!refused.includes(address)) answer();
      else answer(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
    },
    onData: (stream, { envelope }, answer) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const recipients = envelope.rcptTo.map(({ address }) => address);
        mails.push({ from, recipients, ...parse(Buffer.concat(chunks).toString('latin1')) });
        answer();
      });
    },
  });
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const bound = (server.server.address() as AddressInfo).port;
  return {
    url: `smtp://127.0.0.1:${bound}`,
    port: bound,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};
