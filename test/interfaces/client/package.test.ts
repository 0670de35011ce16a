import { expect } from 'chai';
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const run = promisify(execFile);
const MAX_BYTES = 15 * 1_024;
const TSC = 'node_modules/typescript/bin/tsc';

const CONSUMER = `
import { createChat, ChatError, type Conversation, type Message } from 'chatapp/client';
import { fileStorage } from 'chatapp/client/file-storage';

const chat = createChat({ url: 'https://chat.example.org', storage: fileStorage('data') });
const titles: (string | null)[] = chat.inbox.map((conversation: Conversation) => conversation.title);
chat.onMessage((message: Message) => console.log(message.text?.length, titles));
const id: string = await chat.send({ recipient: 'bob', text: 'hello' });
chat.settled(id).catch((error: unknown) => {
  if (error instanceof ChatError && error.code === 'recipient_not_found') void chat.discard(id);
});
// @ts-expect-error there is no such field
await chat.send({ recipient: 'bob', txt: 'hello' });
// @ts-expect-error there is no such code
export const isOther = (error: ChatError): boolean => error.code === 'something_else';
`;

describe('the package chatapp/client', () => {
  it('takes less than 15 KB, with everything in it, and nothing that a browser has not', async () => {
    const { outputFiles } = await build({
      entryPoints: ['src/interfaces/client/client.ts'],
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      write: false,
    });
    const [{ contents, text }] = outputFiles as [(typeof outputFiles)[number]];
    expect(gzipSync(contents).length).to.be.below(MAX_BYTES);
    expect(text).not.to.match(/\bimport[\s({"']|\brequire\(|\bprocess\b|\bBuffer\b/);
  });

  it('has types of its own, which need neither the server nor its validator', async function () {
    this.timeout(300_000);
    const folder = await mkdtemp(join(tmpdir(), 'chatapp-types-'));
    try {
      const home = join(folder, 'node_modules/chatapp');
      await mkdir(home, { recursive: true });
      await writeFile(join(home, 'package.json'), await readFile('package.json'));
      await run(process.execPath, ['scripts/client-types.js', join(home, 'dist.types')]);
      await writeFile(join(folder, 'consumer.mts'), CONSUMER);
      const settings = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,dom'];
      const compiler = [join(process.cwd(), TSC), ...settings, 'consumer.mts'];
      const result = await run(process.execPath, compiler, { cwd: folder }).catch(
        (error: unknown) => error as { readonly stdout: string },
      );
      expect(result.stdout).to.equal('');
      const names = await readdir(join(home, 'dist.types'), { recursive: true });
      const files = names.filter((name) => name.endsWith('.d.ts'));
      expect(files).to.include.members(['client.d.ts', 'wire.d.ts', 'node/file-storage.d.ts']);
      const texts = await Promise.all(files.map((name) => readFile(join(home, 'dist.types', name), 'utf8')));
      expect(texts.join('\n')).not.to.match(/from ['"](?!\.\.?\/)|import\(|zod|__brand/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
