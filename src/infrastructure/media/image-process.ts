import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { PieceReader } from './piece-reader.js';

/** Where the sources are run as they are, so is this program. */
const ENDING = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
const PROGRAM = fileURLToPath(new URL(`image-program${ENDING}`, import.meta.url));
const OPTIONS = ENDING === '.ts' ? process.execArgv : [];

/** Windows starts no program without this variable. The program is told nothing else that this process knows. */
const { SystemRoot } = process.env;
const ENVIRONMENT: NodeJS.ProcessEnv = SystemRoot === undefined ? {} : { SystemRoot };

/** The program that makes one image, while it runs. */
export interface ImageProcess {
  readonly output: PieceReader;
  /** Whether it was ended because it took too long. */
  readonly isLate: () => boolean;
  /** Gives it the image. It may take a part of it only. Raises what the content raises. */
  feed(content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Ends it, whatever it does. */
  end(): void;
}

/** Starts the program for one image. After this time it is ended. */
export const startImageProcess = (longestMs: number): ImageProcess => {
  const child = spawn(process.execPath, [...OPTIONS, PROGRAM], { env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'ignore'] });
  let isLate = false;
  child.on('error', () => undefined); // Its output ends without a report then.
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, longestMs);
  return {
    output: new PieceReader(child.stdout),
    isLate: () => isLate,
    feed: async (content) => {
      let failure: Error | undefined;
      async function* watched() {
        try {
          yield* content;
        } catch (error) {
          failure = error as Error;
          throw error;
        }
      }
      await pipeline(Readable.from(watched()), child.stdin).catch(() => undefined); // It may have seen enough.
      if (failure) throw failure;
    },
    end: () => {
      clearTimeout(timer);
      child.kill('SIGKILL');
    },
  };
};
