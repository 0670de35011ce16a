import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { errorCode } from '../error-code.js';
import type { EventId } from '../../domain/kernel/ids.js';
import type { Mail, MailTransport } from '../../application/ports/mail-transport.js';

const CONNECTION_TIMEOUT_MS = 10_000;
/** The time after which a silent server counts as failed, and the mail is tried again: it must not hold up the others. */
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

/** Sends mails by SMTP. */
export const createSmtpTransport = (smtpUrl: string, from: string): MailTransport & { close(): void } => {
  const smtp = connectTo(smtpUrl);
  return {
    send: async (mail) => {
      await smtp.sendMail(messageOf(from, mail));
    },
    kept: () => Promise.resolve([]),
    forget: () => Promise.resolve(),
    close: () => smtp.close(),
  };
};

/** Logs in to the SMTP server. Raises when it is out of reach, or refuses us. */
export const verifySmtp = async (smtpUrl: string): Promise<void> => {
  const smtp = connectTo(smtpUrl);
  try {
    await smtp.verify();
  } finally {
    smtp.close();
  }
};

const PART = '.part';
/** The name of a mail's file, also of one that was not written whole. */
const KEPT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(?:eml|json)(?:\.part)?$/;

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []; // No mail has been kept yet.
    throw error;
  }
};

/** Answers a mail, or nothing when it has been forgotten since its file was listed. */
const mailIn = async (path: string): Promise<KeptMail | undefined> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as KeptMail;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
};

/** Writes a file whole: nobody finds half of it under its name. */
const writeWhole = async (path: string, content: string | Buffer): Promise<void> => {
  await writeFile(`${path}${PART}`, content, { mode: 0o600 });
  await rename(`${path}${PART}`, path);
};

/** A mail that was kept instead of sent. */
export interface KeptMail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly keptAt: string;
}

/** Keeps mails in a folder, where no SMTP server is configured: one `.eml` file each, and what a page shows of them. */
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
    kept: async (): Promise<readonly EventId[]> => {
      const ids = (await namesIn(folder)).map((name) => KEPT.exec(name)?.[1]);
      return [...new Set(ids.filter((id) => id !== undefined))] as EventId[];
    },
    forget: async (id: EventId): Promise<void> => {
      for (const kind of ['eml', 'json'])
        for (const end of ['', PART]) await rm(join(folder, `${id}.${kind}${end}`), { force: true });
    },
    /** Lists the newest mails, newest first. */
    list: async (limit: number): Promise<KeptMail[]> => {
      const files = (await namesIn(folder)).filter((name) => name.endsWith('.json'));
      const mails = await Promise.all(files.map((name) => mailIn(join(folder, name))));
      return mails
        .filter((mail) => mail !== undefined)
        .sort((one, other) => other.keptAt.localeCompare(one.keptAt))
        .slice(0, limit);
    },
  };
};
