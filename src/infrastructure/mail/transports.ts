import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { errorCode } from '../error-code.js';
import type { Mail, MailTransport } from '../../application/ports/mail-transport.js';

const CONNECTION_TIMEOUT_MS = 10_000;
/** A server that says nothing for so long has the mail tried again: it must not hold up the others. */
const SILENCE_TIMEOUT_MS = 20_000;

const messageOf = (from: string, { id, to, subject, text, html }: Mail) => ({
  messageId: `<${id}@chatapp>`,
  from,
  to,
  subject,
  text,
  html,
});

const connectTo = (smtpUrl: string) =>
  createTransport(smtpUrl, {
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    greetingTimeout: CONNECTION_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
  } as object);

/** Mails by SMTP. */
export const createSmtpTransport = (smtpUrl: string, from: string): MailTransport & { close(): void } => {
  const smtp = connectTo(smtpUrl);
  return {
    send: async (mail) => {
      await smtp.sendMail(messageOf(from, mail));
    },
    forget: () => Promise.resolve(), // nothing of it was kept
    close: () => smtp.close(),
  };
};

/** Raises when the server is out of reach, or does not let us in. */
export const verifySmtp = async (smtpUrl: string): Promise<void> => {
  const smtp = connectTo(smtpUrl);
  try {
    await smtp.verify();
  } finally {
    smtp.close();
  }
};

/** Nobody finds half of it under its name. */
const writeWhole = async (path: string, content: string | Buffer): Promise<void> => {
  await writeFile(`${path}.part`, content, { mode: 0o600 });
  await rename(`${path}.part`, path);
};

/** A mail that was kept instead of sent. */
export interface KeptMail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly keptAt: string;
}

/** Mails kept in a folder, where no SMTP server is configured: one `.eml` file each, and what a page shows of them. */
export const createMailFolder = (folder: string, from: string, now: () => Date = () => new Date()) => {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return {
    send: async (mail: Mail): Promise<void> => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { message } = await composer.sendMail(messageOf(from, mail));
      const kept: KeptMail = {
        id: mail.id,
        to: mail.to.address,
        subject: mail.subject,
        text: mail.text,
        keptAt: now().toISOString(),
      };
      await writeWhole(join(folder, `${mail.id}.eml`), message as Buffer);
      await writeWhole(join(folder, `${mail.id}.json`), JSON.stringify(kept));
    },
    forget: async (id: string): Promise<void> => {
      for (const kind of ['eml', 'json']) await rm(join(folder, `${id}.${kind}`), { force: true });
    },
    /** The newest mails, newest first. */
    list: async (limit: number): Promise<KeptMail[]> => {
      const names = await readdir(folder).catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return []; // none has been kept yet
        throw error;
      });
      const files = names.filter((name) => name.endsWith('.json'));
      const mails = await Promise.all(
        files.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as KeptMail),
      );
      return mails.sort((one, other) => other.keptAt.localeCompare(one.keptAt)).slice(0, limit);
    },
  };
};
