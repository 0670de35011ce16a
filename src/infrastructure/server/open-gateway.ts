import { randomUUID } from 'node:crypto';
import type { EventBatch } from '../../application/ports/event-store.js';
import type { Tracing } from '../../application/ports/tracing.js';
import { MessageOrdinals } from '../../application/push/message-ordinals.js';
import { laterOf, LOG_START } from '../../domain/kernel/position.js';
import { deliver, type DeliveryParts } from '../../interfaces/ws/delivery.js';
import { frameHandlers } from '../../interfaces/ws/commands.js';
import { FrameLead } from '../../interfaces/ws/frame-lead.js';
import { FrameRate } from '../../interfaces/ws/frame-rate.js';
import { Gateway } from '../../interfaces/ws/gateway.js';
import { Hub } from '../../interfaces/ws/hub.js';
import { LiveFeed } from '../../interfaces/ws/live-feed.js';
import { OpenSockets } from '../../interfaces/ws/open-sockets.js';
import { RESUME_LIMITS, ResumeQueue } from '../../interfaces/ws/resume-queue.js';
import type { SocketMetrics } from '../../interfaces/ws/socket-metrics.js';
import type { OnStage } from '../../interfaces/ws/stages.js';
import { MAX_RESUMED_TEXT_BYTES, missedFrames } from '../../interfaces/ws/resume.js';
import { SocketTyping } from '../../interfaces/ws/typing.js';
import type { Metrics } from '../observability/metrics.js';
import { ANSWER_WITHIN_MS } from './answer-within.js';
import { runDeliveries } from './run-deliveries.js';
import { runPresence } from './run-presence.js';
import { runTyping } from './run-typing.js';
import type { ServerParts } from './server-parts.js';
import { socketLimits } from './socket-limits.js';

const AUTH_TIMEOUT_MS = 5_000;

const socketMetrics = ({ sockets, socketsClosed, framesIn, framesOut }: Metrics): SocketMetrics => ({
  sockets: (open) => sockets.set(open),
  received: () => framesIn.inc(),
  sent: (count) => framesOut.inc(count),
  closed: (reason) => socketsClosed.inc({ reason }),
});

const takingFrames = (tracing: Tracing) => ({
  answerWithinMs: ANSWER_WITHIN_MS,
  tracing,
  newRequestId: () => tracing.correlationId() ?? randomUUID(),
});

const observeStage =
  ({ messageStageSeconds }: Metrics): OnStage =>
  (stage, seconds) =>
    messageStageSeconds.observe({ stage }, seconds);

/** Sends what happens to the sockets of this node, until it is released. */
const openLiveFeed = async (
  parts: ServerParts,
  hub: Hub,
  { onSent, onDelivered }: { onSent: NonNullable<DeliveryParts['onSent']>; onDelivered: (batch: EventBatch) => void },
): Promise<LiveFeed> => {
  const { application, events: store, consumers, tracing, log, releases } = parts;
  const { conversations, messages, directory, projectedMessages: projected, progress, links } = application;
  const now = () => performance.now();
  const ordinals = new MessageOrdinals({ projected, now });
  progress.onRevised('messages', () => ordinals.forget());
  const ending = new AbortController();
  const deliverToSockets = deliver({ hub, links, messages, conversations, directory, sequences: ordinals, onSent });
  const feed = new LiveFeed({
    store,
    progress,
    conversations,
    directory,
    hub,
    deliver: async (batch, told) => {
      await tracing.each('push', batch.events, () => deliverToSockets(batch, told));
      onDelivered(batch);
    },
    lead: new FrameLead({ progress, ordinals, isFollowed: (id) => hub.audience.of(id).size > 0, now }),
    signal: ending.signal,
    onFailed: (error) => log.warn({ err: error }, 'live frames could not be made, trying again'),
    onStalled: (projection, position) => log.warn({ projection, position }, 'live frames wait for a projection'),
    onStage: observeStage(parts.metrics),
  });
  releases.own('live feed', ending, (it) => it.abort());
  const { ordered, unordered } = await feed.start();
  void consumers.run('live feed', ending.signal, ordered);
  void consumers.run('live users', ending.signal, unordered);
  return feed;
};

/** Makes the gateway, which takes the sockets of clients over. */
export const openGateway = async (parts: ServerParts): Promise<Gateway> => {
  const { application, config, log, metrics, tracing } = parts;
  const { useCases, denylist, identifiers, hashes, clock, conversations, messages, pins, directory, links } =
    application;
  const hub = new Hub();
  const live = await runTyping(parts, hub);
  const arrivals = runDeliveries(parts, hub);
  const feed = await openLiveFeed(parts, hub, {
    onSent: (message) => arrivals.pushed(message),
    onDelivered: (batch) => live.take(batch),
  });
  const presence = await runPresence(parts);
  const typing = new SocketTyping({
    typing: live,
    audience: hub.audience,
    access: application.conversationAccess,
    knownUpTo: (sessionId) => laterOf(feed.position, application.sessionWrites.of(sessionId, 'messages') ?? LOG_START),
    now: () => performance.now(),
  });
  const limits = { maxFrames: config.RESUME_MAX_FRAMES, maxTextBytes: MAX_RESUMED_TEXT_BYTES };
  return new Gateway({
    useCases,
    denylist,
    hub,
    openSockets: new OpenSockets(socketLimits(config)),
    feed,
    handlers: frameHandlers({
      useCases,
      identifiers,
      hashes,
      clock,
      deliveredUpTo: () => feed.position,
      signalHandlers: { ...presence.handlers, ...typing.handlers },
      onStage: observeStage(metrics),
    }),
    presence,
    arrivals,
    resumes: new ResumeQueue(RESUME_LIMITS),
    links,
    missed: missedFrames({ conversations, messages, pins, directory, ...limits }),
    log,
    metrics: socketMetrics(metrics),
    heartbeatSeconds: config.HEARTBEAT_INTERVAL,
    authTimeoutMs: AUTH_TIMEOUT_MS,
    ...takingFrames(tracing),
    frameRate: () => new FrameRate(config.RATE_LIMIT_SCALE),
    trustedProxies: config.TRUST_PROXY,
    now: Date.now,
  });
};
