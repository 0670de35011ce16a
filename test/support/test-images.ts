import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

/** Makes a JPEG that lies on its side, and that says where and with which camera it was taken. */
export const sidewaysJpeg = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: 'navy' } })
    .jpeg()
    .withExif({
      IFD0: { Make: 'Analytical', Model: 'Engine', Software: 'zebra7f3a' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSLongitudeRef: 'W', GPSLongitude: '0/1 7/1 0/1' },
    })
    .withMetadata({ orientation: 6 })
    .toBuffer();

/** Makes an image of noise, which no format compresses well. */
export const noise = (width: number, height: number): Sharp =>
  sharp({
    create: { width, height, channels: 3, background: 'white', noise: { type: 'gaussian', mean: 128, sigma: 60 } },
  });

const pngChunk = (type: string, data: Buffer): Buffer => {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, sum]);
};

/** Makes a real PNG in black and white of this side length; it has few bytes, however large it is. */
export const hugePng = (side: number): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.writeUInt8(1, 8);
  const rows = deflateSync(Buffer.alloc((Math.ceil(side / 8) + 1) * side));
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    pngChunk('IHDR', header),
    pngChunk('IDAT', rows),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
};

/** Makes a GIF of one pixel that is black and white in turns, with this many frames. */
export const gifOfFrames = (frames: number): Buffer => {
  const head = Buffer.from('47494638396101000100800000000000ffffff', 'hex');
  const control = Buffer.from('21f9040001000000', 'hex');
  const image = Buffer.from('2c000000000100010000', 'hex');
  const pixels = ['0202440100', '02024c0100'].map((hex) => Buffer.from(hex, 'hex'));
  const all = Array.from({ length: frames }, (_, n) => Buffer.concat([control, image, pixels[n % 2]!]));
  return Buffer.concat([head, ...all, Buffer.from(';')]);
};
