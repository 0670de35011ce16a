import { parseArgs } from 'node:util';
import { torture } from './run-torture.js';

const USAGE = `Lets several processes append to shared streams, kills them one after another and the database once,
and then checks the log: positions without holes, every acknowledged append there once, no half of an atomic one.

  npm run torture                    one minute
  npm run torture -- --seconds 600`;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, help: { type: 'boolean' } } });
const seconds = Number(values.seconds);

if (values.help || !(seconds > 0)) {
  process.stdout.write(`${USAGE}\n`);
  process.exitCode = values.help ? 0 : 1;
} else {
  const { faults, ...counts } = await torture({
    seconds,
    appends: 0,
    kills: 0,
    onProgress: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify(counts)}\n`);
  for (const fault of faults.slice(0, 20)) process.stdout.write(`FAULT: ${fault}\n`);
  process.stdout.write(faults.length === 0 ? 'The log is as it should be.\n' : `${faults.length} faults.\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
