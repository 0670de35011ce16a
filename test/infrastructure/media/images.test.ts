import { expect } from 'chai';
import sharp from 'sharp';
import { ImagesOverloadedError, type Images } from '../../../src/application/ports/images.js';
import { createImages } from '../../../src/infrastructure/media/images.js';
import { contentOf, failing, readAll } from '../../support/contents.js';
import { gifOfFrames, hugePng, noise, sidewaysJpeg } from '../../support/test-images.js';

const LONG_MS = 120_000;

/** Answers what is made of an image and kept. */
const madeOf = async (content: AsyncIterable<Uint8Array>, images: Images = createImages()) => {
  const kept: { image: Buffer; thumbnail: Buffer } = { image: Buffer.alloc(0), thumbnail: Buffer.alloc(0) };
  const measured = await images.process(content, {
    image: async (made) => void (kept.image = await readAll(made)),
    thumbnail: async (made) => void (kept.thumbnail = await readAll(made)),
  });
  return { measured, ...kept };
};

const refusalOf = (content: AsyncIterable<Uint8Array>, images?: Images): Promise<unknown> =>
  madeOf(content, images).then(
    () => undefined,
    (error: unknown) => (error as { reason?: string }).reason ?? error,
  );

describe('An image', function () {
  this.timeout(LONG_MS);

  it('is turned upright, and tells nothing of where and with what it was taken', async () => {
    const taken = await sidewaysJpeg(600, 400);
    expect(taken.includes('zebra7f3a')).to.equal(true);
    const { measured, image, thumbnail } = await madeOf(contentOf(taken));
    expect(measured).to.deep.equal({ contentType: 'image/jpeg', width: 400, height: 600 });
    for (const made of [image, thumbnail]) {
      const { exif, icc, iptc, xmp, orientation } = await sharp(made).metadata();
      expect({ exif, icc, iptc, xmp, orientation }).to.deep.equal({
        ...{ exif: undefined, icc: undefined, iptc: undefined, xmp: undefined, orientation: undefined },
      });
      for (const word of ['zebra7f3a', 'Analytical', 'GPS', 'Exif']) expect(made.includes(word)).to.equal(false);
    }
    const { width, height } = await sharp(image).metadata();
    expect([width, height]).to.deep.equal([400, 600]);
  });

  it('has a thumbnail of at most 320 pixels a side, and none larger than itself', async () => {
    for (const [side, small] of [
      [
        [1_000, 500],
        [320, 160],
      ],
      [
        [500, 1_000],
        [160, 320],
      ],
      [
        [40, 20],
        [40, 20],
      ],
      [
        [2_000, 1],
        [320, 1],
      ],
    ] as const) {
      const { thumbnail } = await madeOf(contentOf(await noise(side[0], side[1]).png().toBuffer()));
      const { format, width, height } = await sharp(thumbnail).metadata();
      expect([format, width, height]).to.deep.equal(['webp', ...small]);
    }
  });

  for (const [format, contentType] of [
    ['jpeg', 'image/jpeg'],
    ['png', 'image/png'],
    ['gif', 'image/gif'],
    ['webp', 'image/webp'],
    ['avif', 'image/avif'],
  ] as const)
    it(`of ${contentType} stays of that type`, async () => {
      const { measured, image } = await madeOf(contentOf(await noise(30, 20).toFormat(format).toBuffer()));
      expect(measured).to.deep.equal({ contentType, width: 30, height: 20 });
      const metadata = await sharp(image).metadata();
      expect(metadata.mediaType).to.equal(contentType);
    });

  it('keeps all of its frames, and is measured by one of them', async () => {
    const { measured, image, thumbnail } = await madeOf(contentOf(gifOfFrames(3)));
    expect(measured).to.deep.equal({ contentType: 'image/gif', width: 1, height: 1 });
    expect((await sharp(image).metadata()).pages).to.equal(3);
    expect((await sharp(thumbnail).metadata()).pages ?? 1).to.equal(1);
  });

  it('comes through whole where it is large', async () => {
    const large = await noise(2_000, 1_500).png({ compressionLevel: 0 }).toBuffer();
    const { image } = await madeOf(contentOf(large));
    const [before, after] = await Promise.all([large, image].map((each) => sharp(each).raw().toBuffer()));
    expect(before!.equals(after!)).to.equal(true);
  });

  const bad: Record<string, readonly [make: () => Promise<Buffer> | Buffer, reason: string]> = {
    'of 30,000 by 30,000 pixels': [() => hugePng(30_000), 'image_too_large'],
    'of 10,000 frames': [() => gifOfFrames(10_000), 'image_too_many_frames'],
    'of one frame too many': [() => gifOfFrames(501), 'image_too_many_frames'],
    'that is a JPEG cut in the middle': [
      async () => {
        const whole = await noise(400, 400).jpeg().toBuffer();
        return whole.subarray(0, whole.length / 2);
      },
      'image_damaged',
    ],
    'that is a PNG cut in the middle': [
      async () => {
        const whole = await noise(400, 400).png().toBuffer();
        return whole.subarray(0, whole.length / 2);
      },
      'image_damaged',
    ],
    'of which nothing but the beginning is an image': [
      () => Buffer.concat([Buffer.from('\xff\xd8\xff\xe0', 'latin1'), Buffer.alloc(5_000, 'x')]),
      'image_damaged',
    ],
    'of another kind, SVG, which could load what it likes': [
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'image_damaged',
    ],
    'of another kind, TIFF': [() => noise(9, 9).tiff().toBuffer(), 'image_damaged'],
    'of no byte': [() => Buffer.alloc(0), 'image_damaged'],
  };
  for (const [what, [make, reason]] of Object.entries(bad))
    it(`${what} is refused`, async () => expect(await refusalOf(contentOf(await make()))).to.equal(reason));

  it('is refused where it takes too long', async () => {
    const images = createImages({ atOnce: 1, mayWait: 1 }, 1);
    expect(await refusalOf(contentOf(gifOfFrames(1)), images)).to.equal('image_too_costly');
  });

  it('is refused where too many wait, and taken again when they have gone', async () => {
    const images = createImages({ atOnce: 1, mayWait: 1 });
    const outcomes = await Promise.all([1, 2, 3].map(() => refusalOf(contentOf(gifOfFrames(1)), images)));
    expect(
      outcomes.filter((outcome) => outcome !== undefined).map((error) => error instanceof ImagesOverloadedError),
    ).to.deep.equal([true]);
    expect(await refusalOf(contentOf(gifOfFrames(1)), images)).to.equal(undefined);
  });

  it('that cannot be read fails as it did, and holds up no other', async () => {
    const images = createImages({ atOnce: 1, mayWait: 0 });
    const failure = new Error('cut');
    for (let times = 0; times < 3; times += 1)
      expect(await refusalOf(failing(Buffer.alloc(100_000), failure), images)).to.equal(failure);
    expect(await refusalOf(contentOf(gifOfFrames(1)), images)).to.equal(undefined);
  });
});
