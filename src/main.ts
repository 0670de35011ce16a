import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { isLoopback } from './application/kernel/loopback.js';
import { DatabaseOverloadedError } from './application/ports/database-overloaded.js';
import { DatabaseUnavailableError } from './application/ports/database-unavailable.js';
import { EventStoreUnavailableError } from './application/ports/event-store.js';
import { OtherOriginError } from './infrastructure/audit/postgres-checkpoints.js';
import { ConfigError, loadConfig } from './infrastructure/config.js';
import { markLater } from './infrastructure/server/mark-later.js';
import { startServer, type RunningServer } from './infrastructure/server/start-server.js';
import { createLogger } from './infrastructure/observability/logger.js';
import { Shutdown } from './infrastructure/shutdown.js';
import { KurrentDbNotUsableError } from './infrastructure/event-store/kurrentdb/connect.js';
import { OtherLogError } from './infrastructure/stores/require-same-log.js';
import { AlreadyRunningError } from './infrastructure/postgres/embedded/embedded-postgres.js';

const FAILED = 1;
/** Faults of the configuration, and stores that are away: their messages say all that there is to know. */
const FORESEEN = [
  ConfigError,
  AlreadyRunningError,
  KurrentDbNotUsableError,
  OtherLogError,
  OtherOriginError,
  DatabaseOverloadedError,
  DatabaseUnavailableError,
  EventStoreUnavailableError,
];

markLater();
if (existsSync('.env')) loadEnvFile('.env');

const say = (text: string) => process.stdout.write(`${text}\n`);

/** Says where to reach the server, one line an interface. */
const welcome = (host: string, { port, place, hasMailbox }: RunningServer): void => {
  const origin = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const mailbox = `http://${isLoopback(host) ? origin : `127.0.0.1:${port}`}/dev/mailbox`;
  say(`ChatApp is ready.
  API        http://${origin}
  Docs       http://${origin}/docs
  WebSocket  ws://${origin}/ws/${hasMailbox ? `\n  Mailbox    ${mailbox}` : ''}
  Data       ${place}
Press Ctrl-C to stop.`);
};

const main = async (): Promise<void> => {
  const config = loadConfig(process.env);
  const isReadable = process.stdout.isTTY && config.NODE_ENV !== 'production';
  const log = createLogger({ level: config.LOG_LEVEL, isReadable });
  const exit = (code: number) => process.exit(code);
  const shutdown = new Shutdown({ log, timeoutMs: config.SHUTDOWN_TIMEOUT * 1_000, exit });
  const onFailure = (error: unknown): void => shutdown.fail(error);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => shutdown.ask(signal));
  process.on('unhandledRejection', onFailure);
  process.on('uncaughtException', onFailure);
  const starting = startServer({ config, log, onFailure, signal: shutdown.signal });
  shutdown.watch(starting);
  const server = await starting;
  if ('port' in server && !shutdown.signal.aborted) welcome(config.HOST, server);
};

const isForeseen = (error: unknown): error is Error => FORESEEN.some((kind) => error instanceof kind);

main().catch((error: unknown) => {
  process.stderr.write(`${isForeseen(error) ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exit(FAILED);
});
