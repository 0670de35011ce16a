import type { Readable } from 'node:stream';

/**
 * Reads a stream piece by piece, as they come in, and stops it while so many bytes wait. The iterator of Node's streams puts
 * together what waits: memory for all of a large file once more, which the collector then has to free.
 */
export async function* piecesOf(stream: Readable, mostWaiting: number): AsyncGenerator<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let bytes = 0;
  let wake: () => void = () => undefined;
  stream.on('data', (piece: Uint8Array) => {
    waiting.push(piece);
    bytes += piece.length;
    if (bytes >= mostWaiting) stream.pause();
    wake();
  });
  stream.on('error', () => undefined); // It is raised below.
  stream.on('close', () => wake());
  try {
    for (;;) {
      while (waiting.length === 0 && !stream.closed) await new Promise<void>((resolve) => (wake = resolve));
      if (stream.errored) throw stream.errored;
      const piece = waiting.shift();
      if (!piece) return;
      bytes -= piece.length;
      if (bytes < mostWaiting / 2) stream.resume();
      yield piece;
    }
  } finally {
    stream.destroy();
  }
}
