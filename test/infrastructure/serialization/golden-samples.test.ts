import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import { memoryUserKeys } from '../../support/user-keys.js';
import { ada, bob } from '../../support/ids.js';
import type { EventId, StreamId } from '../../../src/domain/kernel/ids.js';

/** Stored bytes of every version ever released, as `<Event>.v<n>[.<variant>].json`. They are only ever added to. */
const FOLDER = new URL('../../fixtures/events/', import.meta.url);
const SAMPLE = /^(?<type>[A-Za-z]+)\.v(?<version>\d+)(?:\.[a-z-]+)?\.json$/;

/** The same key for the same user in every run: what was sealed when a sample was recorded is opened today. */
const keys = memoryUserKeys((userId) => createHash('sha512').update(userId).digest());
const codec = createEventCodec(chatEvents, keys);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const bytesOf = (name: string): Buffer => readFileSync(new URL(name, FOLDER));
const metadata = bytesOf('metadata.json');
/** Where every sample was recorded: what is sealed in it opens there alone. */
const place = { streamId: 'test-sample' as StreamId, eventId: 'any' as EventId };

const samples = files.flatMap((name) => {
  const { type, version } = SAMPLE.exec(name)?.groups ?? {};
  return type === undefined ? [] : [{ name, type, version: Number(version), bytes: bytesOf(name) }];
});

/** What was recorded is decoded, and encoded as it is stored today. */
const renew = async ({ type, version, bytes }: (typeof samples)[number]) => {
  await keys.forWriting([ada, bob]);
  const stored = { ...place, type, schemaVersion: version, data: bytes.toString(), metadata: metadata.toString() };
  const [decoded] = await codec.decode([stored]);
  const [encoded] = await codec.encode([
    { streamId: place.streamId, events: [{ eventId: place.eventId, type, ...decoded! }] },
  ]);
  return encoded!;
};

describe('golden samples', () => {
  for (const sample of samples)
    it(`${sample.name} is read, and fits the newest schema`, async () => {
      const renewed = await renew(sample);
      expect(renewed.schemaVersion).to.equal(codec.versions.get(sample.type));
      expect(renewed.metadata.toString()).to.equal(metadata.toString());
    });

  for (const sample of samples.filter(({ type, version }) => version === codec.versions.get(type)))
    it(`${sample.name} is stored again as it was recorded`, async () =>
      expect((await renew(sample)).data.toString()).to.equal(sample.bytes.toString()));

  for (const [type, newest] of codec.versions)
    it(`there is one of every version of ${type}`, () => {
      const versions = Array.from({ length: newest }, (_, index) => `${type}.v${index + 1}.json`);
      expect(files).to.include.members(versions);
    });

  it('were not changed or removed: a new one gets its line in SHA256SUMS, an old line stays', () => {
    const sums = files.map((name) => `${createHash('sha256').update(bytesOf(name)).digest('hex')}  ${name}`);
    const recorded = readFileSync(new URL('SHA256SUMS', FOLDER), 'utf8').trimEnd().split('\n');
    expect(sums).to.have.members(recorded);
  });
});
