import { setTimeout as sleep } from 'node:timers/promises';
import { keepRetention } from '../../application/retention/keep-retention.js';
import { aloneIn, RETENTION_LOCK } from '../audit/alone.js';
import { createRetentionMetrics } from '../observability/retention-metrics.js';
import type { ServerParts } from './server-parts.js';

const NAME = 'retention';

/** Has messages go whose time is over, until it is released. */
export const runRetention = (parts: ServerParts): void => {
  const { application, pool, config, consumers, metrics, log, releases } = parts;
  const { useCases, holds, rules, identifiers, clock } = application;
  const { expiredMessages, expiredFiles } = createRetentionMetrics(metrics.registry);
  const ending = new AbortController();
  const work = keepRetention({
    rules,
    holds,
    expireMessages: useCases.expireMessages,
    newContext: () => {
      const commandId = identifiers.newCommandId();
      const ids = { commandId, correlationId: commandId, causationId: commandId };
      return { ...ids, actor: null, sessionId: null, now: clock(), address: NAME, claim: null };
    },
    alone: aloneIn(pool, RETENTION_LOCK),
    everySeconds: config.RETENTION_CHECK_SECONDS,
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined), // the signal ends it
    onPortion: ({ messages, files, reached }) => {
      expiredMessages.inc(messages);
      expiredFiles.inc(files);
      if (messages + files > 0)
        log.info({ messages, files, position: reached }, 'messages have gone by the rules of retention');
    },
  });
  const running = consumers.run(NAME, ending.signal, work, {
    quietSeconds: config.RETENTION_CHECK_SECONDS + 1,
    missed: 'messages stay beyond their time',
  });
  releases.own(NAME, ending, async (it) => {
    it.abort();
    await running;
  });
};
