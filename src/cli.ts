#!/usr/bin/env node
import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { createInterface } from 'node:readline';
import { loadConfig } from './infrastructure/config.js';
import { versionOf } from './infrastructure/version.js';
import { interruptible } from './interfaces/cli/interruptible.js';
import { runCli } from './interfaces/cli/program.js';

if (existsSync('.env')) loadEnvFile('.env');

process.exitCode = await runCli(
  {
    // Loaded when a command needs it: most of the time that `--help` takes would go there.
    open: async () => (await import('./infrastructure/tool/open-tool.js')).openTool(loadConfig(process.env)),
    openSql: async (options) =>
      (await import('./infrastructure/tool/open-sql.js')).openSql(loadConfig(process.env), options),
    copyLog: async (options, onProgress) =>
      (await import('./infrastructure/tool/copy-log.js')).copyLog(loadConfig(process.env), options, onProgress),
    backUp: async (options, onProgress) =>
      (await import('./infrastructure/tool/backup.js')).backUp(loadConfig(process.env), options, onProgress),
    restore: async (options, onProgress) =>
      (await import('./infrastructure/tool/backup.js')).restore(loadConfig(process.env), options, onProgress),
    verifyCertificate: async (path, trust) =>
      (await import('./infrastructure/tool/verify-certificate.js')).verifyCertificateFile(path, trust),
    verifyBundle: async (path, trust) =>
      (await import('./infrastructure/tool/verify-bundle.js')).verifyBundleFile(path, trust),
    examine: async () => (await import('./infrastructure/doctor/examine.js')).examine(process.env),
    terminal: {
      out: (text) => void process.stdout.write(text),
      note: (text) => void process.stderr.write(text),
      isInteractive: process.stderr.isTTY && process.stdin.isTTY,
      lines: () => createInterface({ input: process.stdin }),
    },
    interruptible,
    version: await versionOf(),
  },
  process.argv.slice(2),
);
