import { KeptCommands } from '../../src/interfaces/client/outbox/kept-commands.js';
import { Outbox } from '../../src/interfaces/client/outbox/outbox.js';
import type { ClientStorage, Tabs } from '../../src/interfaces/client/platform.js';
import type { Message } from '../../src/interfaces/client/wire.js';
import { memoryStorage } from '../../src/interfaces/client/storage/memory-storage.js';
import { manualPlatform, settle } from './manual-platform.js';

export type Sent = Readonly<Record<string, unknown>> & { readonly id: string };

interface Opened {
  readonly owner?: string;
  readonly tabs?: Tabs;
  /** The milliseconds by which the clock is ahead. */
  readonly clockMs?: number;
}

/** Opens an outbox whose socket, clock and storage are in the hands of the test. */
export const openOutbox = async (
  storage: ClientStorage = memoryStorage(),
  { owner = 'there/me', tabs, clockMs = 0 }: Opened = {},
) => {
  const manual = manualPlatform({ storage, ...(tabs && { tabs }) });
  await manual.pass(clockMs);
  const sent: Sent[] = [];
  let isUp = true;
  const outbox = new Outbox({
    platform: manual.platform,
    kept: new KeptCommands({ platform: manual.platform, owner }),
    send: (frame) => {
      if (isUp) sent.push(frame as Sent);
      return isUp;
    },
    seqOf: (_, messageId) => (messageId.startsWith('m') ? Number(messageId.slice(1)) : undefined),
    onChange: () => undefined,
  });
  await outbox.open();
  await settle();
  const say = (text: string, conversationId = 'c', id = text) =>
    outbox.give({ type: 'send', messageId: id, conversationId, text }, conversationId, id);
  const ack = (id: string, position = '5') =>
    outbox.acknowledged({ id, messageId: id, conversationId: 'c', position, sentAt: 'then' }, undefined);
  const see = (messageId: string) =>
    outbox.seen({ messageId, conversationId: 'c', position: '5', sentAt: 'then' } as Message);
  const states = () => outbox.messages.map(({ text, state }) => `${text} ${state}`);
  const down = (isRefused = false) => {
    isUp = false;
    outbox.down(isRefused);
  };
  const up = () => {
    isUp = true;
    outbox.live();
  };
  return { ...manual, storage, outbox, sent, say, ack, see, states, down, up };
};

export const idsOf = (sent: readonly Sent[]) => sent.map(({ id }) => id);

/** Answers the error with which a promise is rejected. */
export const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code: string }).code,
  );
