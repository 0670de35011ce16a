import { createPool } from '../../../../src/infrastructure/postgres/pool.js';
import { openMessages } from '../../../support/projections.js';

// Runs a node of a test in a process of its own: it takes the lease of the messages projection, says so, and keeps it.
const [, , url = ''] = process.argv;

const pool = createPool({ url, max: 2, name: 'test', onIdleError: () => undefined });
const taken = await (await openMessages({ pool })).acquire();
process.stdout.write(taken ? `taken at ${taken.position}\n` : 'refused\n');
setInterval(() => undefined, 60_000); // it runs until it is killed
