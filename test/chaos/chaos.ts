import { parseArgs } from 'node:util';
import { chaos } from './run-chaos.js';

const USAGE = `Lets a dozen users write on two servers on one database while their sockets are cut, the servers are killed one after
another and PostgreSQL is killed too. Then compares the log with the read models and with what every client was told.

  npm run chaos                      one minute
  npm run chaos -- --seconds 600
  npm run chaos -- --calm            without any fault`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    calm: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const SHOWN_FAULTS = 20;

if (values.help || !(seconds > 0)) {
  process.stdout.write(`${USAGE}\n`);
  process.exitCode = values.help ? 0 : 1;
} else {
  const onProgress = (line: string) => process.stdout.write(`${line}\n`);
  const { faults, ...counts } = await chaos({ seconds, messages: 0, faults: !values.calm, onProgress });
  process.stdout.write(`${JSON.stringify(counts, undefined, 2)}\n`);
  for (const fault of faults.slice(0, SHOWN_FAULTS)) process.stdout.write(`FAULT: ${fault}\n`);
  process.stdout.write(faults.length === 0 ? 'Log, read models and frames agree.\n' : `${faults.length} faults.\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
