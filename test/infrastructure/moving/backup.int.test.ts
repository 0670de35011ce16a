import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Position } from '../../../src/domain/kernel/ids.js';
import { allOf } from '../../../src/infrastructure/moving/first-of.js';
import { linesOf } from '../../../src/infrastructure/moving/backup-files.js';
import { fileOf, TABLES } from '../../../src/infrastructure/moving/backup-tables.js';
import { CopyRefusedError } from '../../../src/infrastructure/moving/moved-log.js';
import { postgresLog } from '../../../src/infrastructure/moving/postgres-log.js';
import { prepareMails } from '../../../src/infrastructure/moving/prepare-mails.js';
import { writeBackup } from '../../../src/infrastructure/moving/write-backup.js';
import { failureOf } from '../../contracts/projection-steps.js';
import { chatappHere } from '../../support/cli.js';
import { ada, bob, mediaNumber } from '../../support/ids.js';
import { testDatabase, type TestDatabase } from '../../support/postgres.js';

const run = promisify(execFile);

const START = '0' as Position;
/** JSON leaves these ends of lines as they are in a text. */
const ODD_TEXT = 'one\u2028two\u2029three\r\nfour';
const PARKED = `
  insert into projections.parked (projection, position, stream_id, event_id, type, reason)
  values ('mail', 1, 'user-1', '00000000-0000-4000-8000-000000000001', 'UserRegistered', $1)`;
const FILES = `
  create schema media; create table media.files (media_id uuid primary key, uploader_id uuid not null);
  insert into media.files values ('${mediaNumber(1)}', '${ada}'), ('${mediaNumber(2)}', '${bob}')`;

/** What a server makes anew, or what is of no use elsewhere. */
const LEFT_OUT = [
  'audit.subject_buckets',
  'audit.subject_indexes',
  'log.listeners',
  'projections.stopped',
  'public.chatapp_migrations',
  'security.limits',
];

const eventNumbered = (n: number) => ({
  streamId: `message-${n}` as never,
  revision: 0,
  eventId: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as never,
  type: 'MessageSent',
  schemaVersion: 1,
  data: Buffer.from(`{"n":${n}}`),
  metadata: Buffer.from([0xff, 0x00, n % 256]),
});

describe('The folder of a back-up', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let place: string;
  let good: string;
  let copies = 0;

  const dataDir = () => join(place, 'data');
  const mediaFiles = [`media/${ada}/${mediaNumber(1)}`, `media/${bob}/${mediaNumber(2)}`];
  const partsTo = (to: string) => ({
    pool: database.pool,
    dataDir: dataDir(),
    to,
    withSecrets: true,
    version: 'of a test',
    madeAt: '2026-01-01T00:00:00.000Z',
    media: async function* () {
      for (const name of mediaFiles) yield name.slice('media/'.length);
    },
    onProgress: (): void => undefined,
  });

  before(async () => {
    database = await testDatabase();
    place = await mkdtemp(join(tmpdir(), 'chatapp-folder-'));
    await prepareMails(database.pool);
    await database.pool.query(PARKED, [ODD_TEXT]);
    await database.pool.query(FILES);
    const events = Array.from({ length: 450 }, (_, n) => eventNumbered(n + 1));
    await postgresLog(database.pool, 'the log').append([events], START);
    for (const [index, name] of mediaFiles.entries()) {
      await mkdir(dirname(join(dataDir(), name)), { recursive: true });
      await writeFile(join(dataDir(), name), Buffer.alloc(1_000 + index, index + 1));
    }
    await writeFile(join(dataDir(), 'secrets.json'), '{"masterKey":"a secret"}');
    good = join(place, 'good');
    await writeBackup(partsTo(good));
  });
  after(async () => {
    await database.drop();
    await rm(place, { recursive: true, force: true });
  });

  const restoreOf = async (folder: string) => {
    const target = join(place, 'restored');
    const outcome = await chatappHere({ DATA_DIR: target, MASTER_KEY: '' }, 'restore', '--from', folder);
    expect(await readdir(target).catch(() => 'nothing'), outcome.err).to.equal('nothing');
    return outcome;
  };

  /** Changes a copy of the back-up, and expects that it is refused with these words. */
  const expectRefused = async (words: string, change: (folder: string) => Promise<unknown>): Promise<void> => {
    const folder = join(place, `copy-${(copies += 1)}`);
    await cp(good, folder, { recursive: true });
    await change(folder);
    const { code, err } = await restoreOf(folder);
    expect([code, err]).to.deep.equal([1, err]);
    expect(err).to.include(words);
  };
  const withManifest = (change: (manifest: Record<string, unknown> & { files: { name: string }[] }) => unknown) => {
    return async (folder: string): Promise<void> => {
      const path = join(folder, 'manifest.json');
      const manifest = JSON.parse(await readFile(path, 'utf8')) as Parameters<typeof change>[0];
      change(manifest);
      await writeFile(path, JSON.stringify(manifest));
    };
  };

  const all = [...TABLES.map(({ name }) => fileOf(name)), ...mediaFiles, 'secrets.json'];
  for (const name of all) {
    it(`is refused where ${name} is longer, missing, or not named`, async () => {
      await expectRefused(`${name} is damaged`, (folder) => writeFile(join(folder, name), 'x', { flag: 'a' }));
      await expectRefused(`${name} is missing`, (folder) => rm(join(folder, name)));
      const unname = withManifest((it) => (it.files = it.files.filter((file) => file.name !== name)));
      await expectRefused(name, unname);
    });
  }

  it('is refused where a file is cut, has another byte, or is in the place of another', async () => {
    const [one = '', other = ''] = mediaFiles;
    await expectRefused(`${one} is damaged`, (folder) => truncate(join(folder, one), 999));
    await expectRefused(`${one} is damaged`, (folder) => writeFile(join(folder, one), Buffer.alloc(1_000, 2)));
    await expectRefused(`${one} is damaged`, async (folder) => {
      await rename(join(folder, one), join(folder, 'aside'));
      await rename(join(folder, other), join(folder, one));
      await rename(join(folder, 'aside'), join(folder, other));
    });
  });

  it('is refused where a file was added', async () => {
    const added = `media/${ada}/${mediaNumber(3)}`;
    await expectRefused(`${added} is in the back-up`, (folder) => writeFile(join(folder, added), 'x'));
    await expectRefused('aside is in the back-up', (folder) => writeFile(join(folder, 'aside'), 'x'));
  });

  it('is refused where the manifest says something else', async () => {
    const notWhole = 'is no whole back-up';
    await expectRefused(notWhole, (folder) => rm(join(folder, 'manifest.json')));
    await expectRefused(notWhole, (folder) => truncate(join(folder, 'manifest.json'), 100));
    for (const change of [
      { format: 'chatapp backup 2' },
      { files: 'none' },
      { files: [{ name: '../aside', size: 0, sha256: 'a'.repeat(64) }] },
      { files: [{ name: '/etc/passwd', size: 0, sha256: 'a'.repeat(64) }] },
      { events: '450' },
      { migrations: undefined },
    ])
      await expectRefused(
        notWhole,
        withManifest((it) => Object.assign(it, change)),
      );
    await expectRefused(
      'names secrets.json twice',
      withManifest((it) => it.files.push(it.files.at(-1) as { name: string })),
    );
    const notTheLog = 'the log in the back-up is not the one';
    await expectRefused(
      notTheLog,
      withManifest((it) => (it['events'] = 449)),
    );
    await expectRefused(
      notTheLog,
      withManifest((it) => (it['sha256'] = 'a'.repeat(64))),
    );
  });

  it('is for its owner alone, and holds secrets only where that was asked for', async () => {
    const folder = join(place, 'without');
    await writeBackup({ ...partsTo(folder), withSecrets: false });
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const mode = (await stat(join(entry.parentPath, entry.name))).mode & 0o777;
      expect(mode.toString(8), entry.name).to.equal(entry.isDirectory() ? '700' : '600');
    }
    for (const { parentPath, name } of entries.filter((entry) => entry.isFile()))
      expect(await readFile(join(parentPath, name), 'utf8'), name).not.to.include('a secret');
    expect((await stat(folder)).mode & 0o777).to.equal(0o700);
    expect(entries.map(({ name }) => name)).not.to.include('secrets.json');
    expect(await readdir(good)).to.include('secrets.json');
  });

  it('is not made in the folder that it is of, nor where something stands', async () => {
    for (const [to, words] of [
      [join(dataDir(), 'media', 'here'), 'is in DATA_DIR'],
      [dataDir(), 'is in DATA_DIR'],
      [good, 'is there already'],
    ] as const) {
      const failure = await failureOf(writeBackup(partsTo(to)));
      expect(failure).to.be.instanceOf(CopyRefusedError).and.to.have.property('message').that.includes(words);
    }
  });

  it('leaves nothing where it is ended, whenever that is', async () => {
    const before = await readdir(place);
    let ended = 0;
    for (let left = 0, isDone = false; !isDone; left += 150) {
      let steps = left;
      const onProgress = (): void => {
        if ((steps -= 1) < 0) throw new Error('it was asked to stop');
      };
      const made = await writeBackup({ ...partsTo(join(place, 'ended')), onProgress }).catch(() => undefined);
      isDone = made !== undefined;
      if (isDone) await rm(join(place, 'ended'), { recursive: true });
      else ended += 1;
      expect(await readdir(place)).to.deep.equal(before);
    }
    expect(ended).to.be.greaterThan(5);
  });

  it('says how many files there should be that are nowhere, and not those that were removed meanwhile', async () => {
    const [name = ''] = mediaFiles;
    await rename(join(dataDir(), name), join(place, 'aside'));
    try {
      const removed = partsTo(join(place, 'removed'));
      const remove = `delete from media.files where media_id = '${mediaNumber(1)}'`;
      const onProgress = (doing: string) => void (doing === 'copying files' && database.pool.query(remove));
      expect((await writeBackup({ ...removed, onProgress })).missing).to.equal(0);
      await database.pool.query(`insert into media.files values ('${mediaNumber(1)}', '${ada}')`);
      expect((await writeBackup(partsTo(join(place, 'missing')))).missing).to.equal(1);
    } finally {
      await rename(join(place, 'aside'), join(dataDir(), name));
    }
  });

  it('holds each row on a line of its own, whatever is in it', async () => {
    const [line = '', ...more] = await allOf(linesOf(good, fileOf('projections.parked')));
    expect(more).to.deep.equal([]);
    expect((JSON.parse(line) as { reason: string }).reason).to.equal(ODD_TEXT);
    expect(await allOf(linesOf(good, fileOf('log.events')))).to.have.length(450);
  });

  it('holds every table that a server cannot make anew', async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select schemaname || '.' || tablename as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema', 'media')`,
    );
    const known = [...TABLES.map(({ name }) => name), ...LEFT_OUT];
    expect(rows.map(({ name }) => name)).to.have.members(known);
  });

  it('says that the disk is full, and leaves nothing of it there', async function () {
    const disk = join(place, 'disk');
    await mkdir(disk);
    // A small disk of its own is mounted there, which root alone may do, and in Linux.
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).catch(() => undefined);
    if (!mounted) this.skip();
    try {
      expect(String(await failureOf(writeBackup(partsTo(join(disk, 'one')))))).to.include('ENOSPC');
      expect(await readdir(disk)).to.deep.equal([]);
      const target = { DATA_DIR: disk, MASTER_KEY: '' };
      expect((await chatappHere(target, 'restore', '--from', good)).err).to.include('is where a disk is mounted');
      const { code, err } = await chatappHere({ ...target, DATA_DIR: join(disk, 'data') }, 'restore', '--from', good);
      expect([code, err], 'no database fits').to.deep.equal([1, err]);
      expect(await readdir(disk)).to.deep.equal([]);
    } finally {
      await run('umount', [disk]);
    }
  });
});
