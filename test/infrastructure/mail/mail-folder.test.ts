import { expect } from 'chai';
import { mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMailFolder } from '../../../src/infrastructure/mail/transports.js';

const PERMISSIONS = 0o777;

describe('The folder of mails', () => {
  let above: string;
  let folder: ReturnType<typeof createMailFolder>;
  let now: Date;

  beforeEach(async () => {
    above = await mkdtemp(join(tmpdir(), 'chatapp mails '));
    folder = createMailFolder(join(above, 'mail'), 'ChatApp <chatapp@example.org>', () => now);
    now = new Date('2026-01-31T12:00:00Z');
  });

  afterEach(() => rm(above, { recursive: true }));

  const keep = (id: string) =>
    folder.send({
      id,
      to: { name: 'Eve\r\nBcc: victim@example.org', address: 'eve@example.org' },
      subject: 'Verify',
      text: `mail ${id}`,
      html: `<p>mail ${id}</p>`,
    });

  it('is empty before the first mail', async () => {
    expect(await folder.list(10)).to.deep.equal([]);
  });

  it('shows the newest first, and no more than asked for', async () => {
    for (const [id, milliseconds] of [
      ['two', 2],
      ['three', 3],
      ['one', 1],
    ] as const) {
      now = new Date(milliseconds);
      await keep(id);
    }
    expect((await folder.list(2)).map(({ id, to, subject, text }) => ({ id, to, subject, text }))).to.deep.equal([
      { id: 'three', to: 'eve@example.org', subject: 'Verify', text: 'mail three' },
      { id: 'two', to: 'eve@example.org', subject: 'Verify', text: 'mail two' },
    ]);
  });

  it('keeps a mail that comes twice once', async () => {
    await keep('one');
    await keep('one');
    expect(await folder.list(10)).to.have.length(1);
  });

  // A link to a file that is gone is what a listing meets whose mail is forgotten before it is read.
  it('leaves out a mail that is forgotten while it lists', async () => {
    await keep('one');
    await symlink(join(above, 'gone.json'), join(above, 'mail', 'two.json'));
    expect((await folder.list(10)).map(({ id }) => id)).to.deep.equal(['one']);
  });

  // The page of the mailbox failed over a mail of which only the beginning was written.
  it('shows no mail before it is whole', async () => {
    const text = 'so many words '.repeat(50_000);
    const mail = { to: { name: 'Eve', address: 'eve@example.org' }, subject: 'Verify', text, html: '' };
    const state = { isKeeping: true };
    const keeping = (async () => {
      for (let n = 0; n < 8; n += 1) await folder.send({ id: 'one', ...mail });
      state.isKeeping = false;
    })();
    while (state.isKeeping) for (const kept of await folder.list(10)) expect(kept.text).to.equal(text);
    await keeping;
    expect(await folder.list(10)).to.have.length(1);
  });

  it('keeps it as it would be sent, for its owner’s eyes alone', async () => {
    await keep('one');
    const file = join(above, 'mail', 'one.eml');
    const message = await readFile(file, 'utf8');
    expect(message)
      .to.match(/^Message-ID: <one@chatapp>$/m)
      .and.include('text/html')
      .and.include('text/plain');
    expect(message).to.not.match(/^Bcc:/m);
    for (const [path, mode] of [
      [file, 0o600],
      [join(above, 'mail', 'one.json'), 0o600],
      [join(above, 'mail'), 0o700],
    ] as const)
      expect((await stat(path)).mode & PERMISSIONS, path).to.equal(mode);
  });
});
