import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createMailFolder } from '../../../src/infrastructure/mail/transports.js';
import { openMailQueue, type MailQueue } from './queue.js';

/*
 * The node that came first forgot the mails in its own folder, and removed the row for all nodes: the mails of an
 * erased user that another node had kept stayed in its folder for ever.
 */
describe('What nodes keep of mails', () => {
  let queue: MailQueue;
  let above: string;

  beforeEach(async () => {
    queue = await openMailQueue();
    above = await mkdtemp(join(tmpdir(), 'chatapp mails '));
  });
  afterEach(async () => {
    await queue.close();
    await rm(above, { recursive: true });
  });

  const nodeIn = (name: string) => {
    const folder = join(above, name);
    const { run } = queue.mailer(createMailFolder(folder, 'ChatApp <chatapp@example.org>'));
    return { run, folder };
  };
  const textIn = async (folder: string): Promise<string> => {
    const files = (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8'));
    return (await Promise.all(files)).join('\n');
  };

  it('is forgotten of an erased user by the node that kept it, whichever node looks first; that of others stays', async () => {
    const [ada, bob] = [queue.register('ada@example.org'), queue.register('bob@example.org')];
    const [one, other] = [nodeIn('one'), nodeIn('other')];
    await queue.project([...ada.events, ...bob.events]);
    expect(await one.run()).to.equal(2);
    expect(await textIn(one.folder))
      .to.include('ada@example.org')
      .and.include('bob@example.org');
    await queue.project([queue.erased(ada.userId)]);
    await other.run();
    await one.run();
    expect(await textIn(one.folder))
      .to.include('bob@example.org')
      .and.not.include('ada@example.org');
  });

  it('is forgotten also where the node was killed while it kept it', async () => {
    const { userId, events } = queue.register('ada@example.org');
    const { run, folder } = nodeIn('one');
    await queue.project(events);
    await run();
    const { eventId } = events[1]!;
    await rename(join(folder, `${eventId}.eml`), join(folder, `${eventId}.eml.part`));
    await rm(join(folder, `${eventId}.json`));
    await queue.project([queue.erased(userId)]);
    await run();
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it('is forgotten where the user was erased after the mail was taken from the queue', async () => {
    const { userId, events } = queue.register('ada@example.org');
    const folder = join(above, 'one');
    const transport = createMailFolder(folder, 'ChatApp <chatapp@example.org>');
    await queue.project(events);
    const late = queue.mailer({
      ...transport,
      send: async (mail) => {
        await queue.project([queue.erased(userId)]);
        await transport.send(mail);
      },
    });
    await late.run();
    expect(await textIn(folder)).to.include('ada@example.org');
    await late.run();
    expect(await readdir(folder)).to.deep.equal([]);
  });
});
