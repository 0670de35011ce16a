import { expect } from 'chai';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chatEvents } from '../../../src/infrastructure/serialization/chat-events.js';
import {
  isSealedAsBefore,
  readSample,
  recordSamples,
  SAMPLE_PLACE as place,
  sampleCodec as codec,
  samples,
  SAMPLES,
  sealedNow,
  type Sample,
  sumsOf,
} from '../../support/samples.js';

const files = readdirSync(SAMPLES).filter((name) => name.endsWith('.json'));
const bytesOf = (name: string): Buffer => readFileSync(join(SAMPLES, name));
const metadata = bytesOf('metadata.json');
/**
 * The values to which samples of older versions are decoded: they have the newest shape, and nothing is lost for which
 * it has a field.
 */
const lifted = JSON.parse(
  readFileSync(new URL('../../fixtures/lifted-events.json', import.meta.url), 'utf8'),
) as Record<string, object>;

/** Decodes a recorded sample, and encodes it as it is stored today. */
const renew = async (sample: Sample) => {
  const { type } = sample;
  const [encoded] = await codec.encode([
    { streamId: place.streamId, events: [{ eventId: place.eventId, type, ...(await readSample(sample)) }] },
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

  const isNewest = ({ type, version }: Sample) => version === codec.versions.get(type);

  for (const sample of samples.filter((each) => !isNewest(each)))
    it(`${sample.name} is lifted, version by version, to what it says in the newest shape`, async () =>
      expect((await readSample(sample)).data).to.deep.equal(lifted[sample.name]));

  for (const sample of samples.filter((each) => isNewest(each) && isSealedAsBefore(each)))
    it(`${sample.name} says the same as the sample that is sealed as events are today`, async () => {
      const name = sealedNow(sample.name);
      const now = samples.find((each) => each.name === name);
      expect(now, name).not.to.equal(undefined);
      expect(await readSample(sample)).to.deep.equal(await readSample(now!));
    });

  for (const sample of samples.filter((each) => isNewest(each) && !isSealedAsBefore(each)))
    it(`${sample.name} is stored again as it was recorded`, async () =>
      expect((await renew(sample)).data.toString()).to.equal(sample.bytes.toString()));

  for (const [type, newest] of codec.versions)
    it(`there is one of every version of ${type}`, () => {
      const recorded = files.map((name) => name.replace('.sealed2', ''));
      const versions = Array.from({ length: newest }, (_, index) => `${type}.v${index + 1}.json`);
      expect(recorded).to.include.members(versions);
    });

  for (const [type, { personal, upcasters }] of Object.entries(chatEvents).filter(([, shape]) => shape.personal))
    it(`${type} is sealed to its place in the newest version, or before`, () =>
      expect(personal?.boundSince).to.be.within(1, upcasters.length + 1));

  it('were not changed or removed: a new one gets its line in SHA256SUMS, an old line stays', () => {
    const recorded = readFileSync(join(SAMPLES, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    expect(sumsOf(SAMPLES)).to.have.members(recorded);
  });

  describe('are recorded', () => {
    let folder: string;
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'samples-'));
      cpSync(SAMPLES, folder, { recursive: true });
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('from the examples, with their hashes, where the newest version has none', async () => {
      const sums = read('SHA256SUMS');
      const removed = ['MemberAdded.v1.json', 'MessageSent.v3.sealed2.json'];
      for (const name of removed) rmSync(join(folder, name));
      const others = sums.split('\n').filter((line) => removed.every((name) => !line.endsWith(`  ${name}`)));
      writeFileSync(join(folder, 'SHA256SUMS'), others.join('\n'));
      expect(others).to.have.length(sums.split('\n').length - 2);
      expect(await recordSamples(folder)).to.deep.equal(removed);
      for (const name of removed) expect(read(name), name).to.equal(bytesOf(name).toString());
      expect(read('SHA256SUMS').split('\n')).to.have.members(sums.split('\n'));
    });

    it('only once: one that was changed keeps the hash that it does not have', async () => {
      const sums = read('SHA256SUMS');
      writeFileSync(join(folder, 'MemberAdded.v1.json'), '{}');
      expect(await recordSamples(folder)).to.deep.equal([]);
      expect(read('MemberAdded.v1.json')).to.equal('{}');
      expect(read('SHA256SUMS')).to.equal(sums);
    });
  });
});
