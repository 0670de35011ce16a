import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startApp, type RunningApp } from '../support/app.js';
import { chatOf, closeChats, signedIn, until } from '../support/chat-scene.js';
import { signUp, type SignedUp } from '../support/signed-up.js';

const MAX_LINES = 30;

/** Answers the program of the document that begins with this comment. */
const programOf = async (name: string): Promise<string> => {
  const text = await readFile('docs/client.md', 'utf8');
  return new RegExp(`\`\`\`js\\n// ${name}\\n(.*?)\`\`\``, 's').exec(text)?.[1] ?? '';
};

describe('docs/client.md', () => {
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let folder: string;

  before(async function () {
    this.timeout(180_000);
    app = await startApp();
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
    // In a folder of the package its name leads to what it exports.
    folder = await mkdtemp(join(process.cwd(), 'dist.document-'));
  });
  after(async () => {
    closeChats();
    await rm(folder, { recursive: true });
    await app.stop();
  });

  it('has a chat in 30 lines for Node, which works as printed', async () => {
    const program = await programOf('chat.mjs');
    expect(program.trim().split('\n')).to.have.length.within(1, MAX_LINES);
    const path = join(folder, 'chat.mjs');
    await writeFile(path, program);
    const other = await signedIn(chatOf(app.url), bob);
    const env = { ...process.env, CHATAPP_URL: app.url };
    const child = spawn(process.execPath, [path, 'ada', ada.password, 'bob'], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
    child.stdin.write('hello from the document\n');
    await until(() => output.includes('ada: hello from the document'));
    await other.send({ recipient: 'ada', text: 'hello back' });
    await until(() => output.includes('bob: hello back'));
    child.stdin.end();
    const [code] = (await once(child, 'exit')) as [number];
    expect(code, output).to.equal(0);
    expect(output).to.include('· live');
  });
});
