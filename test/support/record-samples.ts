import { recordSamples, SAMPLES } from './samples.js';

const recorded = await recordSamples(SAMPLES);
process.stdout.write(recorded.length === 0 ? 'Every event has its sample.\n' : `Recorded ${recorded.join(', ')}.\n`);
