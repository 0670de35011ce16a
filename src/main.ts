import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { isLoopback } from './application/kernel/loopback.js';
import { ConfigError, loadConfig } from './infrastructure/config.js';
import { startServer, type RunningServer } from './infrastructure/di/start-server.js';
import { createLogger } from './infrastructure/observability/logger.js';
import { AlreadyRunningError } from './infrastructure/postgres/embedded/embedded-postgres.js';

const FAILED = 1;

if (existsSync('.env')) loadEnvFile('.env');

const say = (text: string) => process.stdout.write(`${text}\n`);

/** One line a door. */
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
  const log = createLogger(config.LOG_LEVEL);
  let stopping: Promise<void> | undefined;
  const running: { server?: RunningServer } = {};
  const stop = (why: string): void => {
    stopping ??= (async () => {
      log.info({ why }, 'stopping');
      await running.server?.stop();
      log.info('stopped');
    })();
  };
  const isStopping = () => stopping !== undefined;
  const onFailure = (error: unknown): void => {
    log.fatal({ err: error }, 'a part has failed');
    process.exitCode = FAILED;
    stop('failure');
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(signal));
  process.on('unhandledRejection', onFailure);
  process.on('uncaughtException', onFailure);
  const server = await startServer(config, log, onFailure);
  running.server = server;
  if (isStopping()) await server.stop();
  else welcome(config.HOST, server);
};

main().catch((error: unknown) => {
  const isForeseen = error instanceof ConfigError || error instanceof AlreadyRunningError;
  process.stderr.write(`${isForeseen ? error.message : String((error as Error).stack ?? error)}\n`);
  process.exitCode = FAILED;
});
