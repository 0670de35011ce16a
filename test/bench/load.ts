import { fork } from 'node:child_process';
import { once } from 'node:events';

/** One who sends, one who receives, and where. Both by their access tokens. */
export interface Pair {
  readonly sender: string;
  readonly receiver: string;
  readonly conversationId: string;
}

export interface Load {
  readonly url: string;
  readonly pairs: readonly Pair[];
  readonly seconds: number;
  /** Messages of a pair that are under way at a time, where no rate is given. */
  readonly inFlight: number;
  /** Messages a second in all, on a fixed schedule. */
  readonly rate?: number;
}

export interface LoadResult {
  readonly sent: number;
  /** Milliseconds from when a message was due to when its receiver had it. */
  readonly latencies: readonly number[];
  readonly seconds: number;
}

/** Puts a load on a server, from a process of its own. */
export const putLoad = async (load: Load): Promise<LoadResult> => {
  const child = fork(new URL('./chat-load.ts', import.meta.url), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  });
  try {
    child.send(load);
    const [result] = (await once(child, 'message')) as [LoadResult | { error: string }];
    if ('error' in result) throw new Error(result.error);
    return result;
  } finally {
    child.kill();
  }
};
