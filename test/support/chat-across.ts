import { expect } from 'chai';
import { history, send, type SignedUp } from './signed-up.js';
import type { Target } from './target.js';

const AT_ONCE = 50;

/** Sends so many messages to a conversation, some at a time. */
export const sendMany = async (app: Target, from: SignedUp, conversationId: string, count: number): Promise<void> => {
  for (let sent = 0; sent < count; sent += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count - sent) }, (_, n) =>
        send(app, from, { conversationId, text: `message ${sent + n}` }),
      ),
    );
};

interface Talk {
  readonly from: SignedUp;
  readonly to: SignedUp;
  readonly conversationId: string;
}

/** Sends on each of two servers, and expects to read on the other one what was sent. */
export const chatAcross = async (
  [one, other]: readonly [Target, Target],
  { from, to, conversationId }: Talk,
  text: string,
): Promise<void> => {
  for (const [sending, reading] of [
    [one, other],
    [other, one],
  ] as const) {
    const { messageId, position } = await send(sending, from, { conversationId, text });
    expect((await history(reading, to, conversationId, position)).at(-1)).to.include({ messageId, text });
  }
};

/** Has a user send one message after another for as long as the work takes. */
export const whileWriting = async <Result>(
  app: Target,
  { from, conversationId }: Pick<Talk, 'from' | 'conversationId'>,
  work: () => Promise<Result>,
): Promise<Result> => {
  const over = new AbortController();
  const writing = (async () => {
    while (!over.signal.aborted) await send(app, from, { conversationId, text: 'and another one' });
  })();
  try {
    return await work();
  } finally {
    over.abort();
    await writing;
  }
};
