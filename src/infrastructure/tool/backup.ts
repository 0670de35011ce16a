import { randomUUID } from 'node:crypto';
import { realpath, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type pg from 'pg';
import {
  ToolError,
  type BackupMade,
  type BackupOptions,
  type MovingProgress,
  type RestoreOptions,
} from '../../interfaces/cli/tool.js';
import { LOG_START } from '../../domain/kernel/position.js';
import type { Config } from '../config.js';
import { errorCode } from '../error-code.js';
import { missing, namesIn } from '../media/blob-folder.js';
import { isOwner } from '../media/blob-path.js';
import { copyHashed, flush } from '../moving/backup-files.js';
import { putRows, TABLES } from '../moving/backup-tables.js';
import { EventHash } from '../moving/event-hash.js';
import { readManifest, SECRETS, type Manifest } from '../moving/manifest.js';
import { prepareMails } from '../moving/prepare-mails.js';
import { postgresLog } from '../moving/postgres-log.js';
import { verifyBackup, writeBackup } from '../moving/write-backup.js';
import { createLogger } from '../observability/logger.js';
import { startEmbeddedPostgres } from '../postgres/embedded/embedded-postgres.js';
import { migrate, pendingMigrations } from '../postgres/migrate.js';
import { inTransaction } from '../postgres/transaction.js';
import { untimed } from '../postgres/session.js';
import { ReleaseStack } from '../release-stack.js';
import { masterKeySource } from '../security/configured-secrets.js';
import { openKeyRing } from '../security/key-ring.js';
import { MasterKeys } from '../security/master-keys.js';
import { openExistingDatabase } from '../stores/open-existing-database.js';
import { openPool } from '../stores/open-pool.js';
import { systemClock } from '../system-clock.js';
import { versionOf } from '../version.js';

const LOG_LEVEL = 'error';

const newReleases = () => {
  const log = createLogger({ level: LOG_LEVEL });
  return { log, releases: new ReleaseStack((name, err) => log.error({ err, name }, 'could not be released')) };
};

/** With `MONGODB_URL` the files are in MongoDB. */
const requireEmbedded = ({ DATABASE_URL, KURRENTDB_URL, MONGODB_URL }: Config): void => {
  const set = Object.entries({ DATABASE_URL, KURRENTDB_URL, MONGODB_URL }).find(([, url]) => url !== undefined);
  if (set)
    throw new ToolError(
      `this is for the embedded database, and ${set[0]} is set: of your own stores, make back-ups by their own tools`,
    );
};

/** Lists the files of users; what is being written is no file yet, and what begins with a dot is none of ours. */
async function* mediaOf(folder: string): AsyncGenerator<string> {
  for (const owner of (await namesIn(folder)).filter(isOwner))
    for (const name of await namesIn(join(folder, owner))) if (!name.startsWith('.')) yield `${owner}/${name}`;
}

/** Makes a back-up of the embedded data, also while the server runs. */
export const backUp = async (
  config: Config,
  { to, withSecrets }: BackupOptions,
  onProgress: MovingProgress,
): Promise<BackupMade> => {
  requireEmbedded(config);
  const { releases } = newReleases();
  const dataDir = config.DATA_DIR;
  try {
    const pool = await openExistingDatabase(config, releases);
    await prepareMails(pool);
    const media = () => mediaOf(join(dataDir, 'media'));
    const [version, madeAt] = [await versionOf(), systemClock()];
    const made = await writeBackup({ pool, dataDir, to, withSecrets, version, madeAt, media, onProgress });
    return shownBackup(made, resolve(to));
  } finally {
    await releases.releaseAll();
  }
};

const shownBackup = ({ events, files, missing, sha256, madeAt, hasSecrets }: Manifest, folder: string): BackupMade => ({
  ...{ folder, events, missing, sha256, madeAt, hasSecrets, files: files.length },
  bytes: files.reduce((sum, { size }) => sum + size, 0),
});

/** What keeps an empty folder from being removed, and what to do. */
const KEPT: Readonly<Record<string, string>> = {
  ENOTEMPTY: 'is not empty: set DATA_DIR to a folder that is',
  EBUSY: 'is where a disk is mounted: set DATA_DIR to a folder in it',
};

/** Removes an empty data folder, so that the new one can take its place. What keeps it there is told before anything is made. */
const clear = async (dataDir: string): Promise<void> => {
  try {
    await rmdir(dataDir);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return; // it is made
    throw code !== undefined && KEPT[code] !== undefined ? new ToolError(`${dataDir} ${KEPT[code]}`) : error;
  }
};

const fillDatabase = async (pool: pg.Pool, folder: string, manifest: Manifest, onProgress: MovingProgress) => {
  const client = await pool.connect();
  try {
    await migrate(client);
    const { rows } = await client.query<{ name: string }>('select name from public.chatapp_migrations order by number');
    if (
      String(rows.map(({ name }) => name)) !== String(manifest.migrations) ||
      (await pendingMigrations(client)).length > 0
    )
      throw new ToolError(`version ${manifest.version} made the back-up: restore it with that one, and upgrade then`);
    await prepareMails(pool);
    await untimed(client, () =>
      inTransaction(client, async () => {
        for (const table of TABLES) {
          let done = 0;
          await putRows(client, table, folder, (count) => onProgress(`restoring ${table.name}`, (done += count)));
        }
        await client.query(
          `update projections.checkpoints set epoch = nextval('projections.epochs'), held_by = null, session = null, lease_until = null`,
        );
      }),
    );
  } finally {
    client.release();
  }
};

const requireSameLog = async (pool: pg.Pool, { events, sha256 }: Manifest): Promise<void> => {
  const log = postgresLog(pool, 'the restored database');
  const hash = new EventHash();
  let read = 0;
  for await (const event of log.read(LOG_START, await log.head())) {
    hash.add(event);
    read += 1;
  }
  if (read !== events || hash.digest() !== sha256) throw new ToolError('the restored log is not that of the back-up');
};

/** Makes the data folder of a back-up that was found to be whole. */
const restoreInto = async (config: Config, folder: string, manifest: Manifest, onProgress: MovingProgress) => {
  const { log, releases } = newReleases();
  const dataDir = config.DATA_DIR;
  try {
    for (const { name } of manifest.files)
      if (name.startsWith('media/')) await copyHashed(join(folder, name), dataDir, name);
    const embedded = releases.own('embedded PostgreSQL', await startEmbeddedPostgres(dataDir, log), (it) => it.stop());
    const pool = openPool(embedded.url, { log, releases });
    await fillDatabase(pool, folder, manifest, onProgress);
    await openKeyRing(pool, await MasterKeys.open(masterKeySource(config)));
    await requireSameLog(pool, manifest);
  } finally {
    await releases.releaseAll();
  }
};

/** Makes a new data folder of a back-up. It is made beside its place: where that fails, nothing stands there. */
export const restore = async (
  config: Config,
  { from, secrets }: RestoreOptions,
  onProgress: MovingProgress,
): Promise<BackupMade> => {
  requireEmbedded(config);
  const folder = resolve(from);
  const dataDir = (await realpath(config.DATA_DIR).catch(missing)) ?? resolve(config.DATA_DIR);
  const manifest = await readManifest(folder);
  const kept = secrets ?? (manifest.hasSecrets ? join(folder, SECRETS) : undefined);
  if (kept === undefined && config.MASTER_KEY === undefined)
    throw new ToolError(
      'the back-up has no secrets.json: name yours with --secrets, without it nobody can read the data',
    );
  await clear(dataDir);
  await verifyBackup(folder, manifest, onProgress);
  const draft = join(dirname(dataDir), `.${basename(dataDir)}.${randomUUID()}.partial`);
  try {
    if (kept !== undefined) await copyHashed(kept, draft, SECRETS);
    await restoreInto({ ...config, DATA_DIR: draft }, folder, manifest, onProgress);
    await clear(dataDir); // somebody may have made it meanwhile
    await rename(draft, dataDir);
    await flush(dirname(dataDir));
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
  return shownBackup(manifest, dataDir);
};
