import { expect } from 'chai';
import { createSmtpTransport } from '../../../src/infrastructure/mail/transports.js';
import { openInbox, type Inbox, type ReceivedMail } from './inbox.js';
import { openMailQueue, PUBLIC_URL, type MailQueue } from './queue.js';

const FROM = 'ChatApp <chatapp@example.org>';

const partOf = ({ parts }: ReceivedMail, type: string): string => parts.get(type) ?? '';
const headerOf = ({ headers }: ReceivedMail, name: string): string[] =>
  headers.filter((header) => header.toLowerCase().startsWith(`${name}:`));
const linksIn = (text: string): string[] => text.match(/https?:\/\/[^\s"<]+/g) ?? [];

describe('The mailer', () => {
  let queue: MailQueue;
  let inbox: Inbox;
  const open: { close(): Promise<void> | void }[] = [];

  const smtpTo = (url: string) => {
    const transport = createSmtpTransport(url, FROM);
    open.unshift(transport);
    return transport;
  };

  const inboxAt = async (port?: number, refused?: readonly string[]) => {
    const opened = await openInbox(port, refused);
    open.push(opened);
    return opened;
  };

  /** Makes the mail to a user of this name. */
  const mailTo = async (displayName: string, email = 'ada@example.org'): Promise<ReceivedMail> => {
    await queue.project(queue.register(email, displayName).events);
    await queue.mailer(smtpTo(inbox.url)).run();
    return inbox.mails.at(-1)!;
  };

  beforeEach(async () => {
    queue = await openMailQueue();
    inbox = await inboxAt();
  });

  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
    await queue.close();
  });

  it('sends one link, as text and as HTML, that opens the ticket', async () => {
    const { userId, ticketId, events } = queue.register('ada@example.org');
    await queue.project(events);
    const { run, sent } = queue.mailer(smtpTo(inbox.url));
    expect(await run()).to.equal(1);
    expect(sent).to.have.length(1);
    const [mail] = inbox.mails as [ReceivedMail];
    const link = `${PUBLIC_URL}/verify-email?token=${queue.tickets.tokenOf('verify-email', userId, ticketId)}`;
    expect(linksIn(partOf(mail, 'text/plain'))).to.deep.equal([link]);
    expect(linksIn(partOf(mail, 'text/html'))).to.deep.equal([link]);
    expect(partOf(mail, 'text/html')).to.include(`<a href="${link}">`);
    expect(mail).to.deep.include({ from: 'chatapp@example.org', recipients: ['ada@example.org'] });
    expect(headerOf(mail, 'subject')).to.deep.equal(['Subject: Verify your e-mail address']);
  });

  it('is woken when there is something to send', async () => {
    const [registered, wished] = queue.register('ada@example.org').events;
    await queue.project([registered!]);
    const before = queue.wakes();
    await queue.project([wished!]);
    expect(queue.wakes() - before).to.equal(1);
  });

  describe('with a name that is out for mischief', () => {
    const smuggled = [
      'Eve\r\nBcc: victim@example.org',
      'Eve\nTo: victim@example.org\n\nSpam',
      'Eve\rCc: victim@example.org\u0007',
      'Eve" <victim@example.org>, "Eve',
      'victim@example.org, Eve',
    ];
    for (const name of smuggled)
      it(`adds neither header nor recipient: ${JSON.stringify(name)}`, async () => {
        const mail = await mailTo(name);
        expect(mail.recipients).to.deep.equal(['ada@example.org']);
        expect(headerOf(mail, 'to')).to.have.length(1);
        expect(headerOf(mail, 'to')[0]).to.match(/<ada@example\.org>$/);
        expect([...headerOf(mail, 'bcc'), ...headerOf(mail, 'cc')]).to.deep.equal([]);
        expect(headerOf(mail, 'subject')).to.deep.equal(['Subject: Verify your e-mail address']);
      });

    it('puts no element into the HTML', async () => {
      const mail = await mailTo(`<b onclick='x'>&"Ada"`);
      expect(partOf(mail, 'text/html'))
        .to.include('&lt;b onclick=&#39;x&#39;&gt;&amp;&quot;Ada&quot;')
        .and.not.include('<b');
    });

    for (const name of ['Pay at https://evil.example/x', 'evil.example', 'mail eve@evil.example'])
      it(`makes no second link: ${name}`, async () => {
        const mail = await mailTo(name);
        for (const [type, text] of mail.parts) expect(text, type).to.not.include('evil');
        expect(linksIn(partOf(mail, 'text/plain'))).to.have.length(1);
      });

    for (const name of ['Zoë 李 🦄', 'Dr. J. O’Neill-Smith'])
      it(`greets ${name}`, async () => {
        const mail = await mailTo(name);
        for (const [type, text] of mail.parts) expect(text, type).to.include(`Hello ${name},`);
      });
  });

  it('never sends one event twice: seen twice, asked for twice, by two at once', async () => {
    const users = Array.from({ length: 30 }, (_, n) => queue.register(`user${n}@example.org`));
    const events = users.flatMap((user) => user.events);
    await queue.project(events);
    await queue.project(events);
    const [one, other] = [queue.mailer(smtpTo(inbox.url)), queue.mailer(smtpTo(inbox.url))];
    await Promise.all([one.run(), other.run()]);
    await Promise.all([one.run(), other.run()]);
    await queue.letTimePass();
    expect(await one.run()).to.equal(0);
    expect(inbox.mails.flatMap(({ recipients }) => recipients).sort()).to.deep.equal(
      users.map((_, n) => `user${n}@example.org`).sort(),
    );
  });

  it('gives each mail to one of eight who take at once', async () => {
    await queue.project(Array.from({ length: 40 }, (_, n) => queue.register(`p${n}@example.org`).events).flat());
    const taken = await queue.takeAtOnce(8, 10);
    expect(taken.map(({ length }) => length)).to.deep.equal([10, 10, 10, 10, 0, 0, 0, 0]);
    expect(new Set(taken.flat())).to.have.property('size', 40);
  });

  it('sends what waits when the server is there again', async () => {
    await inbox.close();
    await queue.project(queue.register('ada@example.org').events);
    const { run, sent, failed } = queue.mailer(smtpTo(inbox.url));
    expect(await run()).to.equal(1);
    expect(failed).to.have.length(1);
    expect(String(failed[0]?.error)).to.include('ECONNREFUSED');
    expect(await run(), 'it is not due yet').to.equal(0);
    const again = await inboxAt(inbox.port);
    await queue.letTimePass();
    expect(await run()).to.equal(1);
    expect(sent.map(({ attempts }) => attempts)).to.deep.equal([2]);
    expect(again.mails).to.have.length(1);
  });

  it('goes on behind one that is refused, and waits longer for it each time', async () => {
    const strict = await inboxAt(0, ['nobody@example.org']);
    await queue.project([...queue.register('nobody@example.org').events, ...queue.register('ada@example.org').events]);
    const { run, sent, failed, waits } = queue.mailer(smtpTo(strict.url));
    await run();
    expect(sent.map(({ email }) => email)).to.deep.equal(['ada@example.org']);
    expect(failed.map(({ mail }) => mail.email)).to.deep.equal(['nobody@example.org']);
    expect((await queue.waiting())[0]?.last_error).to.include('no such mailbox');
    await queue.letTimePass();
    await run();
    expect((await queue.waiting())[0]?.attempts).to.equal(2);
    expect(waits).to.deep.equal([5, 10]);
  });

  it('puts a failed mail off by as many seconds as the retry waits', async () => {
    const { events } = queue.register('ada@example.org');
    await queue.project(events);
    expect(await queue.putOff(events[1]!.eventId, 7)).to.equal(7);
  });

  it('sends a repeated mail under the same id, so that a receiver can tell', async () => {
    await queue.project(queue.register('ada@example.org').events);
    const transport = smtpTo(inbox.url);
    const lost = {
      ...transport,
      send: async (mail: Parameters<typeof transport.send>[0]) => {
        await transport.send(mail);
        throw new Error('the answer was lost');
      },
    };
    await queue.mailer(lost).run();
    await queue.letTimePass();
    await queue.mailer(transport).run();
    const ids = inbox.mails.flatMap((mail) => headerOf(mail, 'message-id'));
    expect(ids).to.have.length(2);
    expect(new Set(ids)).to.have.property('size', 1);
  });
});
