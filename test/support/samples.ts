import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DecodedEvent } from '../../src/application/ports/event-codec.js';
import type { EventId, StreamId } from '../../src/domain/kernel/ids.js';
import { chatEvents } from '../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../src/infrastructure/serialization/create-event-codec.js';
import { eventTypes, fact } from './events.js';
import { ada, bob } from './ids.js';
import { memoryUserKeys } from './user-keys.js';

/**
 * The folder of stored bytes of every version ever released, as `<Event>.v<n>[.<variant>].json`. Samples are only ever
 * added.
 */
export const SAMPLES = fileURLToPath(new URL('../fixtures/events/', import.meta.url));

/** Each sample was recorded at this place; its sealed fields can be opened nowhere else. */
export const SAMPLE_PLACE = { streamId: 'test-sample' as StreamId, eventId: 'any' as EventId };

/**
 * Each user has the same key in every run, so that the fields that were sealed when a sample was recorded can be opened
 * today.
 */
const sampleKeys = memoryUserKeys((userId) => createHash('sha512').update(userId).digest());
export const sampleCodec = createEventCodec(chatEvents, sampleKeys);

const NAME = /^(?<type>[A-Za-z]+)\.v(?<version>\d+)(?:\.[a-z-]+)?\.json$/;

/** A sample as it is stored. */
export interface Sample {
  readonly name: string;
  readonly type: string;
  readonly version: number;
  readonly bytes: Buffer;
}

/** Every recorded sample. */
export const samples: readonly Sample[] = readdirSync(SAMPLES).flatMap((name) => {
  const { type, version } = NAME.exec(name)?.groups ?? {};
  return type === undefined ? [] : [{ name, type, version: Number(version), bytes: readFileSync(join(SAMPLES, name)) }];
});

const sampleMetadata = readFileSync(join(SAMPLES, 'metadata.json'), 'utf8');

/** Decodes a sample. */
export const readSample = async ({ type, version, bytes }: Sample): Promise<DecodedEvent> => {
  await sampleKeys.forWriting([ada, bob]);
  const stored = { type, schemaVersion: version, data: bytes.toString(), metadata: sampleMetadata };
  const [decoded] = await sampleCodec.decode([{ ...SAMPLE_PLACE, ...stored }]);
  return decoded!;
};

/** Answers a line of SHA256SUMS for each sample in the folder. */
export const sumsOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const digest = createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex');
      return `${digest}  ${name}`;
    });

/** Records the example of each event whose newest version has no sample yet, and its hash; answers the new names. */
export const recordSamples = async (folder: string): Promise<string[]> => {
  await sampleKeys.forWriting([ada, bob]);
  const metadata = JSON.parse(readFileSync(join(folder, 'metadata.json'), 'utf8')) as never;
  const recorded: string[] = [];
  for (const type of eventTypes) {
    const name = `${type}.v${sampleCodec.versions.get(type)}.json`;
    if (existsSync(join(folder, name))) continue;
    const event = { ...fact(type), eventId: SAMPLE_PLACE.eventId, metadata };
    const [encoded] = await sampleCodec.encode([{ streamId: SAMPLE_PLACE.streamId, events: [event] }]);
    writeFileSync(join(folder, name), encoded!.data);
    recorded.push(name);
  }
  const added = sumsOf(folder).filter((line) => recorded.some((name) => line.endsWith(`  ${name}`)));
  appendFileSync(join(folder, 'SHA256SUMS'), added.map((line) => `${line}\n`).join(''));
  return recorded;
};
