import { followBlocks } from '../../application/typing/follow-blocks.js';
import { KnownBlocks } from '../../application/typing/known-blocks.js';
import { LiveTyping } from '../../application/typing/live-typing.js';
import { readTypingSignal } from '../../application/typing/read-typing-signal.js';
import { TYPING_LIMITS, TYPING_TOPIC } from '../../application/typing/typing.js';
import type { Hub } from '../../interfaces/ws/hub.js';
import { showTyping } from '../../interfaces/ws/typing.js';
import type { ServerParts } from './server-parts.js';

const TICK_MS = 250;

/** Shows who is writing, here and on the other nodes, until it is released. */
export const runTyping = async (parts: ServerParts, hub: Hub): Promise<LiveTyping> => {
  const { application, signals, events: store, consumers, log, releases } = parts;
  const { readYourWrites, progress } = application;
  const now = () => performance.now();
  const blocks = new KnownBlocks({
    blocks: {
      ofUsers: async (userIds) => {
        await readYourWrites('users', await store.head()); // A block that was made before counts.
        return application.blocks.ofUsers(userIds);
      },
    },
    onKnown: (userId) => typing.blocksKnown(userId),
    onFailed: (error) => log.warn({ err: error }, 'blocks could not be asked for, nobody is shown typing'),
  });
  const typing = new LiveTyping({
    signals,
    audience: hub.audience,
    blocks,
    limits: TYPING_LIMITS,
    show: showTyping(hub),
  });
  signals.subscribe(TYPING_TOPIC, (content) => {
    const signal = readTypingSignal(content);
    if (signal) typing.receive(signal, now());
  });
  const ending = new AbortController();
  const follow = followBlocks({ store, progress, blocks }, await store.head());
  void consumers.run('blocks', ending.signal, follow);
  const ticking = setInterval(() => typing.tick(now()), TICK_MS);
  releases.own('typing', ending, (it) => {
    clearInterval(ticking);
    it.abort();
  });
  return typing;
};
