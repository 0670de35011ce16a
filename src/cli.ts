#!/usr/bin/env node
import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { loadConfig } from './infrastructure/config.js';
import { examine } from './infrastructure/di/examine.js';
import { openTool } from './infrastructure/di/open-tool.js';
import { versionOf } from './infrastructure/di/version.js';
import { runCli } from './interfaces/cli/program.js';

if (existsSync('.env')) loadEnvFile('.env');

process.exitCode = await runCli(
  {
    open: () => openTool(loadConfig(process.env)),
    examine: () => examine(process.env),
    terminal: {
      out: (text) => void process.stdout.write(text),
      note: (text) => void process.stderr.write(text),
      isInteractive: process.stderr.isTTY,
    },
    version: await versionOf(),
  },
  process.argv.slice(2),
);
