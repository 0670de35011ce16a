import {
  ImageRefusedError,
  ImagesOverloadedError,
  type Images,
  type KeepImage,
  type Measured,
} from '../../application/ports/images.js';
import { BoundedWork, type WorkBounds } from '../bounded-work.js';
import { LONGEST_MS } from './image-limits.js';
import { startImageProcess, type ImageProcess } from './image-process.js';
import { MAX_REPORT_BYTES, readReport, type MadeReport } from './image-report.js';

/** An image may take 700 MiB: so many at a time bound the memory, and leave one to others where one is slow. */
const BOUNDS: WorkBounds = { atOnce: 2, mayWait: 20 };

/** A program that has ended without a word has come to harm by the image. */
const requireMade = async (program: ImageProcess, content: AsyncIterable<Uint8Array>): Promise<MadeReport> => {
  const [line] = await Promise.all([program.output.line(MAX_REPORT_BYTES), program.feed(content)]);
  if (program.isLate()) throw new ImageRefusedError('image_too_costly');
  const report = readReport(line ?? '');
  if (!report || 'refused' in report) throw new ImageRefusedError(report?.refused ?? 'image_damaged');
  return report;
};

const processOne = async (
  content: AsyncIterable<Uint8Array>,
  keep: KeepImage,
  longestMs: number,
): Promise<Measured> => {
  const program = startImageProcess(longestMs);
  try {
    const { measured, bytes } = await requireMade(program, content);
    await keep.image(program.output.bytes(bytes[0]));
    await keep.thumbnail(program.output.bytes(bytes[1]));
    return measured;
  } finally {
    program.end();
  }
};

/** Makes images anew by a process for each, so many at a time, and none for longer than this. */
export const createImages = (bounds: WorkBounds = BOUNDS, longestMs: number = LONGEST_MS): Images => {
  const work = new BoundedWork(bounds, () => new ImagesOverloadedError('too many images wait'));
  return { process: (content, keep) => work.run(() => processOne(content, keep, longestMs)) };
};
