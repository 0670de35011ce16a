import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import { createEventCodec } from '../../../src/infrastructure/serialization/create-event-codec.js';
import type { EventId } from '../../../src/domain/kernel/ids.js';

/** Stored bytes of every version ever released, as `<Event>.v<n>[.<variant>].json`. They are only ever added to. */
const FOLDER = new URL('../../fixtures/events/', import.meta.url);
const SAMPLE = /^(?<type>[A-Za-z]+)\.v(?<version>\d+)(?:\.[a-z-]+)?\.json$/;

const codec = createEventCodec(chatEvents);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const bytesOf = (name: string): Buffer => readFileSync(new URL(name, FOLDER));
const metadata = bytesOf('metadata.json');

const samples = files.flatMap((name) => {
  const { type, version } = SAMPLE.exec(name)?.groups ?? {};
  return type === undefined ? [] : [{ name, type, version: Number(version), bytes: bytesOf(name) }];
});

/** What was recorded is decoded, and encoded as it is stored today. */
const renew = ({ type, version, bytes }: (typeof samples)[number]) => {
  const decoded = codec.decode(type, version, bytes.toString(), metadata.toString());
  return codec.encode({ eventId: 'any' as EventId, type, ...decoded });
};

describe('golden samples', () => {
  for (const sample of samples)
    it(`${sample.name} is read, and fits the newest schema`, () => {
      const renewed = renew(sample);
      expect(renewed.schemaVersion).to.equal(codec.versions.get(sample.type));
      expect(renewed.metadata.toString()).to.equal(metadata.toString());
      if (sample.version === renewed.schemaVersion) expect(renewed.data.toString()).to.equal(sample.bytes.toString());
    });

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
