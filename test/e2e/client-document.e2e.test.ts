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

  it('is used by the chat for the terminal, which sends every line that is typed, also those that wait', async () => {
    const other = await signedIn(chatOf(app.url), bob);
    const told: string[] = [];
    other.onMessage(({ text }) => told.push(text ?? ''));
    const lines = Array.from({ length: 20 }, (_, n) => `line ${n}`);
    const { code, output } = await terminal(['ada', ada.password, 'bob'], lines);
    expect(code, output).to.equal(0);
    await until(() => told.length === lines.length);
    expect(told).to.deep.equal(lines);
    expect(output.match(/✓ durable at \d+/g)).to.have.length(lines.length);
    expect(output).to.include('ada: line 19');
  });

  it('tells in the terminal what was refused, and ends with a failure', async () => {
    expect(await terminal(['ada', 'wrong password', 'bob'], [])).to.include({ code: 1 });
    const { code, output } = await terminal(['ada', ada.password, 'nobody.there'], ['hello?']);
    expect([code, output.match(/✗ .+/g)?.length]).to.deep.equal([1, 1]);
  });

  /** Runs the chat for the terminal until it has sent these lines. */
  const terminal = async (args: readonly string[], lines: readonly string[]) => {
    const env = { ...process.env, CHATAPP_URL: app.url };
    const child = spawn(process.execPath, ['scripts/chat.js', ...args], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
    child.stdin.on('error', () => undefined); // it has ended before it has read them
    child.stdin.end(lines.map((line) => `${line}\n`).join(''));
    const [code] = (await once(child, 'exit')) as [number];
    return { code, output };
  };
});
