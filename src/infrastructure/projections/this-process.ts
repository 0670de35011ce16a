import { hostname } from 'node:os';

/** Names this process for people: where it runs, and how it is found there. */
export const thisProcess = (): string => `process ${process.pid} on ${hostname()}`;
