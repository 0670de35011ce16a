import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A sender, a receiver and their conversation. Both users are given by their access tokens. */
export interface Pair {
  readonly sender: string;
  readonly receiver: string;
  readonly conversationId: string;
}

export interface Load {
  readonly url: string;
  readonly pairs: readonly Pair[];
  readonly seconds: number;
  /** The number of messages of a pair that are under way at a time, when no rate is given. */
  readonly inFlight: number;
  /** The messages a second of all pairs, on a fixed schedule. */
  readonly rate?: number;
}

export interface LoadResult {
  readonly sent: number;
  /** The milliseconds from when a message was due to when its receiver had it. */
  readonly latencies: readonly number[];
  readonly seconds: number;
}

/** Puts a load on a server, from a process of its own: by bare sockets, or by another program. */
export const putLoad = async (load: Load, program = './chat-load.ts'): Promise<LoadResult> => {
  const child = fork(new URL(program, import.meta.url), { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
  try {
    child.send(load);
    const [result] = (await once(child, 'message')) as [LoadResult | { error: string }];
    if ('error' in result) throw new Error(result.error);
    return result;
  } finally {
    child.kill();
  }
};
