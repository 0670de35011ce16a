import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DecodedEvent } from '../../src/application/ports/event-codec.js';
import type { EventId, StreamId } from '../../src/domain/kernel/ids.js';
import { chatEvents } from '../../src/infrastructure/serialization/chat-events.js';
import { PIECE_VERSION } from '../../src/domain/audit/sealed-piece.js';
import { AUDIT_TRAIL } from '../../src/domain/audit/trail.js';
import { createEventCodec } from '../../src/infrastructure/serialization/create-event-codec.js';
import { eventTypes, fact } from './events.js';
import { ada, bob } from './ids.js';
import { memoryUserKeys } from './user-keys.js';

/**
 * The folder of stored bytes of every version ever released, as `<Event>.v<n>[.<variant>].json`, and with `.sealed2` in
 * the name where they are sealed in the second way. Samples are only ever added.
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

const NAME = /^(?<type>[A-Za-z]+)\.v(?<version>\d+)(?:\.[a-z-]+)?(?:\.sealed2)?\.json$/;

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
  await sampleKeys.forWriting([ada, bob, AUDIT_TRAIL]);
  const stored = { type, schemaVersion: version, data: bytes.toString(), metadata: sampleMetadata };
  const [decoded] = await sampleCodec.decode([{ ...SAMPLE_PLACE, ...stored }]);
  return decoded!;
};

/** Says whether a sample is sealed in another way than events are today. */
export const isSealedAsBefore = ({ bytes }: Pick<Sample, 'bytes'>): boolean => {
  const { personal } = JSON.parse(bytes.toString()) as { personal?: string };
  return personal !== undefined && !personal.startsWith(PIECE_VERSION);
};

/** Answers the name of a sample that is sealed as events are today. */
export const sealedNow = (name: string): string => name.replace(/\.json$/, '.sealed2.json');

const isSealed = (bytes: Buffer): boolean => Object.hasOwn(JSON.parse(bytes.toString()) as object, 'personal');

/** The examples, and what is recorded in the newest version but sealed as before: each with the name of its sample. */
const examples = async () => {
  const isOld = (sample: Sample) =>
    sample.version === sampleCodec.versions.get(sample.type) && isSealedAsBefore(sample);
  const old = samples
    .filter(isOld)
    .map(async (sample) => ({
      name: sample.name,
      event: { type: sample.type, data: (await readSample(sample)).data },
    }));
  const named = eventTypes.map((type) => ({
    name: `${type}.v${sampleCodec.versions.get(type)}.json`,
    event: fact(type),
  }));
  return [...named, ...(await Promise.all(old)).filter(({ name }) => named.every((each) => each.name !== name))];
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

/** Records what has no sample as events are stored today, and its hash; answers the new names. */
export const recordSamples = async (folder: string): Promise<string[]> => {
  await sampleKeys.forWriting([ada, bob, AUDIT_TRAIL]);
  const metadata = JSON.parse(readFileSync(join(folder, 'metadata.json'), 'utf8')) as never;
  const recorded: string[] = [];
  for (const example of await examples()) {
    const event = { ...example.event, eventId: SAMPLE_PLACE.eventId, metadata };
    const [encoded] = await sampleCodec.encode([{ streamId: SAMPLE_PLACE.streamId, events: [event] }]);
    const name = isSealed(encoded!.data) ? sealedNow(example.name) : example.name;
    if (existsSync(join(folder, name))) continue;
    writeFileSync(join(folder, name), encoded!.data);
    recorded.push(name);
  }
  const added = sumsOf(folder).filter((line) => recorded.some((name) => line.endsWith(`  ${name}`)));
  appendFileSync(join(folder, 'SHA256SUMS'), added.map((line) => `${line}\n`).join(''));
  return recorded;
};
