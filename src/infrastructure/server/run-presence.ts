import { followPresenceAudience } from '../../application/presence/follow-audience.js';
import { LivePresence } from '../../application/presence/live-presence.js';
import { PRESENCE_TOPIC } from '../../application/presence/presence-exchange.js';
import { PRESENCE_LIMITS } from '../../application/presence/presence.js';
import { readPresenceSignal } from '../../application/presence/read-presence-signal.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { Connection } from '../../interfaces/ws/connection.js';
import { showPresence, SocketPresence } from '../../interfaces/ws/presence.js';
import type { ServerParts } from './server-parts.js';

const TICK_MS = 500;

/** Keeps track of who is online, here and on the other nodes, until it is released. */
export const runPresence = async (parts: ServerParts): Promise<SocketPresence> => {
  const { application, signals, events: store, consumers, log, releases } = parts;
  const { presenceAudience: audience, progress } = application;
  const presence = new LivePresence<Connection>({
    signals,
    audience,
    limits: PRESENCE_LIMITS,
    show: showPresence,
    onFailed: (error) => log.warn({ err: error }, 'who may see whom could not be asked, trying again'),
  });
  signals.subscribe(PRESENCE_TOPIC, (content, from) => {
    const signal = readPresenceSignal(content);
    if (signal) presence.receive(signal, from, Date.now());
  });
  signals.onMissed(() => presence.ask());
  const ending = new AbortController();
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
