import type { MailToSend } from '../../application/ports/mail-outbox.js';
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

/** One line without control characters: a name cannot smuggle in a header. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();

/** What a mail program makes a link of: anybody may register with anybody's address, and advertise by their own name. */
const LOOKS_LIKE_A_LINK = /[:/@]|\S\.\S/u;

const greet = (name: string): string => (LOOKS_LIKE_A_LINK.test(name) ? 'Hello' : `Hello ${name}`);

/** Writes the mail of a verification: one link, in the text and in the HTML part. */
export const composeMail =
  (tickets: Tickets, publicUrl: string) =>
  (mail: MailToSend): Mail => {
    const name = oneLine(mail.displayName);
    const token = tickets.tokenOf(mail.kind, mail.userId, mail.ticketId);
    const link = `${publicUrl}/verify-email?token=${token}`;
    const until = `The link works until ${mail.expiresAt.slice(0, 16).replace('T', ' ')} UTC.`;
    return {
      id: mail.eventId,
      to: { name, address: mail.email },
      subject: 'Verify your e-mail address',
      text: `${greet(name)},\n\nplease verify your e-mail address:\n\n${link}\n\n${until}\nIf you did not register, ignore this mail.\n`,
      html:
        `<p>${escapeHtml(greet(name))},</p><p>please verify your e-mail address:</p>` +
        `<p><a href="${escapeHtml(link)}">Verify my address</a></p><p>${until} If you did not register, ignore this mail.</p>`,
    };
  };
