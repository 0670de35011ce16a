// A program of its own, which reads one image from its input and writes to its output what it makes of it: a report, then
// the image, then its thumbnail. Images are decoded by libraries in C, and come from anybody: whatever they do to this
// process, it knows no secret, serves nobody else, and can be ended at any time.
import { setPriority } from 'node:os';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { LONGEST_MS } from './image-limits.js';
import { writeReport } from './image-report.js';
import { makeImage } from './make-image.js';

const LOW_PRIORITY = 10;

setPriority(LOW_PRIORITY);
setTimeout(() => process.exit(1), LONGEST_MS).unref(); // The server that started it may be gone.

const { report, parts } = await makeImage(await buffer(process.stdin));
await pipeline(Readable.from([Buffer.from(writeReport(report)), ...parts]), process.stdout);
