import type { Container } from 'inversify';
import type { Logger } from 'pino';
import type { Consumers } from '../../application/consumers/consumers.js';
import { followPresenceAudience } from '../../application/presence/follow-audience.js';
import { LivePresence } from '../../application/presence/live-presence.js';
import { PRESENCE_TOPIC, type PresenceSignal } from '../../application/presence/presence-exchange.js';
import { PRESENCE_LIMITS } from '../../application/presence/presence.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { Connection } from '../../interfaces/ws/connection.js';
import { showPresence, SocketPresence } from '../../interfaces/ws/presence.js';
import type { ReleaseStack } from '../release-stack.js';
import { TOKENS } from './tokens.js';

const TICK_MS = 500;

export interface PresenceParts {
  readonly container: Container;
  readonly consumers: Consumers;
  readonly log: Logger;
  readonly releases: ReleaseStack;
}

/** Keeps track of who is there, here and on the other nodes, until it is released. */
export const runPresence = async ({ container, consumers, log, releases }: PresenceParts): Promise<SocketPresence> => {
  const signals = await container.getAsync(TOKENS.Signals);
  const audience = await container.getAsync(TOKENS.PresenceAudience);
  const presence = new LivePresence<Connection>({
    signals,
    audience,
    limits: PRESENCE_LIMITS,
    show: showPresence,
    onFailed: (error) => log.warn({ err: error }, 'who may see whom could not be asked, trying again'),
  });
  signals.subscribe(PRESENCE_TOPIC, (content, from) => presence.hear(content as PresenceSignal, from, Date.now()));
  signals.onMissed(() => presence.ask());
  const ending = new AbortController();
  const store = await container.getAsync(TOKENS.EventStore);
  const progress = await container.getAsync(TOKENS.Progress);
  const audienceChanged = (userId: UserId) => presence.audienceChanged(userId);
  const follow = followPresenceAudience({ store, progress }, await store.head(), audienceChanged);
  void consumers.run('presence audience', ending.signal, follow);
  const ticks = consumers.add('presence');
  const ticking = setInterval(() => {
    presence.tick(Date.now());
    if (!presence.isAsking) ticks.alive();
  }, TICK_MS);
  releases.own('presence', presence, (it) => {
    clearInterval(ticking);
    ending.abort();
    it.leave();
  });
  presence.ask();
  return new SocketPresence(presence, Date.now);
};
