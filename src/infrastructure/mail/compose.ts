import type { MailKind, MailToSend } from '../../application/ports/mail-outbox.js';
import type { Mail } from '../../application/ports/mail-transport.js';
import type { Tickets } from '../../application/ports/tickets.js';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);

/** Makes a text one line without control characters, so that a name cannot add a header. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();

/** Whatever a mail program would make a link of. Anybody may register with another's address, and advertise by their own name. */
const LOOKS_LIKE_A_LINK = /[:/@]|\S\.\S/u;

const greet = (name: string): string => (LOOKS_LIKE_A_LINK.test(name) ? 'Hello' : `Hello ${name}`);

interface Wording {
  readonly path: string;
  readonly subject: string;
  readonly please: string;
  readonly button: string;
  readonly otherwise: string;
}

const wordings: Readonly<Record<MailKind, Wording>> = {
  'verify-email': {
    path: 'verify-email',
    subject: 'Verify your e-mail address',
    please: 'please verify your e-mail address:',
    button: 'Verify my address',
    otherwise: 'If you did not register, ignore this mail.',
  },
  'password-reset': {
    path: 'password-reset',
    subject: 'Set a new password',
    please: 'here you can set a new password:',
    button: 'Set a new password',
    otherwise: 'If you did not ask for this, ignore this mail: your password stays as it is.',
  },
};

/** Writes a mail with its one link, in the text and in the HTML part. */
export const composeMail =
  (tickets: Tickets, publicUrl: string) =>
  (mail: MailToSend): Mail => {
    const { path, subject, please, button, otherwise } = wordings[mail.kind];
    const name = oneLine(mail.displayName);
    const link = `${publicUrl}/${path}?token=${tickets.tokenOf(mail.kind, mail.userId, mail.ticketId)}`;
    const until = `The link works until ${mail.expiresAt.slice(0, 16).replace('T', ' ')} UTC.`;
    return {
      id: mail.eventId,
      to: { name, address: mail.email },
      subject,
      text: `${greet(name)},\n\n${please}\n\n${link}\n\n${until}\n${otherwise}\n`,
      html:
        `<p>${escapeHtml(greet(name))},</p><p>${please}</p>` +
        `<p><a href="${escapeHtml(link)}">${button}</a></p><p>${until} ${otherwise}</p>`,
    };
  };
