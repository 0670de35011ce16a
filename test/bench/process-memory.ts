import { once } from 'node:events';
import WebSocket from 'ws';

/** The bytes of a process after its garbage was collected. */
export interface ProcessMemory {
  readonly resident: number;
  /** The objects, and the buffers outside of them. */
  readonly heap: number;
}

const EXPRESSION = 'JSON.stringify(process.memoryUsage())';

/** Asks the inspector of a process to collect its garbage, and how much is left. */
export const memoryOf = async (inspector: string): Promise<ProcessMemory> => {
  const socket = new WebSocket(inspector);
  await once(socket, 'open');
  let id = 0;
  const ask = async (method: string, params = {}): Promise<unknown> => {
    id += 1;
    socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [data] = (await once(socket, 'message')) as [Buffer];
      const answer = JSON.parse(data.toString()) as { id?: number; result: unknown };
      if (answer.id === id) return answer.result;
    }
  };
  for (let n = 0; n < 3; n += 1) await ask('HeapProfiler.collectGarbage');
  const { result } = (await ask('Runtime.evaluate', { expression: EXPRESSION })) as { result: { value: string } };
  socket.terminate();
  const { rss, heapUsed, external } = JSON.parse(result.value) as NodeJS.MemoryUsage;
  return { resident: rss, heap: heapUsed + external };
};
