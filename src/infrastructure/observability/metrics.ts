import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const LATENCY_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const SIZE_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** The metrics of this process, for Prometheus. */
export const createMetrics = () => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    appendSeconds: new Histogram({
      name: 'chatapp_append_seconds',
      help: 'How long a group of appends took to commit.',
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    appendGroupSize: new Histogram({
      name: 'chatapp_append_group_size',
      help: 'How many appends were committed together.',
      buckets: SIZE_BUCKETS,
      registers,
    }),
    appendsWaiting: new Gauge({
      name: 'chatapp_appends_waiting',
      help: 'Appends that wait for the next group.',
      registers,
    }),
    eventsAppended: new Counter({
      name: 'chatapp_events_appended_total',
      help: 'Events appended to the log.',
      registers,
    }),
    undecodableEvents: new Counter({
      name: 'chatapp_undecodable_events_total',
      help: 'Events that could not be decoded, each time a subscription came to one.',
      registers,
    }),
    projectionPosition: new Gauge({
      name: 'chatapp_projection_position',
      help: 'The position a projection has reached.',
      labelNames: ['projection'],
      registers,
    }),
    projectionLag: new Gauge({
      name: 'chatapp_projection_lag_events',
      help: 'How many events a projection is behind the log.',
      labelNames: ['projection'],
      registers,
    }),
    projectionStopped: new Gauge({
      name: 'chatapp_projection_stopped',
      help: '1 while a projection has stopped, because going on would write wrong rows.',
      labelNames: ['projection'],
      registers,
    }),
    projectedEvents: new Counter({
      name: 'chatapp_projected_events_total',
      help: 'Events applied by a projection.',
      labelNames: ['projection'],
      registers,
    }),
    parkedEvents: new Counter({
      name: 'chatapp_parked_events_total',
      help: 'Events that a projection could not apply.',
      labelNames: ['projection'],
      registers,
    }),
    parkedNow: new Gauge({
      name: 'chatapp_parked_events',
      help: 'Events of a projection that are parked now, until they are redriven.',
      labelNames: ['projection'],
      registers,
    }),
    consumerLagSeconds: new Gauge({
      name: 'chatapp_consumer_lag_seconds',
      help: 'For how long there has been something in the log that a consumer has not taken.',
      labelNames: ['consumer'],
      registers,
    }),
    consumerSilentSeconds: new Gauge({
      name: 'chatapp_consumer_silent_seconds',
      help: 'For how much longer than usual a consumer has given no sign of life.',
      labelNames: ['consumer'],
      registers,
    }),
    consumerFailures: new Counter({
      name: 'chatapp_consumer_failures_total',
      help: 'How often a consumer failed and was started again.',
      labelNames: ['consumer'],
      registers,
    }),
    signalsLost: new Counter({
      name: 'chatapp_signals_lost_total',
      help: 'Signals about typing and presence that could not be sent to the other nodes.',
      registers,
    }),
    messageStageSeconds: new Histogram({
      name: 'chatapp_message_stage_seconds',
      help: 'How long messages took to be committed, each; then a batch of them to be in the read model, and to be written to sockets.',
      labelNames: ['stage'],
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    sockets: new Gauge({ name: 'chatapp_sockets', help: 'Open WebSocket connections.', registers }),
    socketsClosed: new Counter({
      name: 'chatapp_sockets_closed_total',
      help: 'WebSocket connections that the server has closed; `tooSlow` are those whose backlog was too large.',
      labelNames: ['reason'],
      registers,
    }),
    framesIn: new Counter({ name: 'chatapp_frames_received_total', help: 'Frames received.', registers }),
    framesOut: new Counter({ name: 'chatapp_frames_sent_total', help: 'Frames sent.', registers }),
    requestSeconds: new Histogram({
      name: 'chatapp_http_request_seconds',
      help: 'How long HTTP requests took.',
      labelNames: ['method', 'route', 'status'],
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    mails: new Counter({
      name: 'chatapp_mails_total',
      help: 'Mails handed over or failed.',
      labelNames: ['outcome'],
      registers,
    }),
    mailsWaiting: new Gauge({
      name: 'chatapp_mails_waiting',
      help: 'Mails that have not been sent, those that are tried again among them.',
      registers,
    }),
    auditTreeSize: new Gauge({
      name: 'chatapp_audit_tree_size',
      help: 'Events under the audit tree, as the node knows that adds to it.',
      registers,
    }),
    auditTreeHalted: new Gauge({
      name: 'chatapp_audit_tree_halted',
      help: '1 while nothing is added to the audit tree, because the log does not fit it.',
      registers,
    }),
    auditWitnessRefused: new Gauge({
      name: 'chatapp_audit_witness_refused',
      help: '1 while a witness does not sign what the log has signed, because it has seen another log by this name.',
      labelNames: ['witness'],
      registers,
    }),
    auditWitnessAway: new Gauge({
      name: 'chatapp_audit_witness_away',
      help: '1 while a witness gives no answer.',
      labelNames: ['witness'],
      registers,
    }),
  };
};

export type Metrics = ReturnType<typeof createMetrics>;
