import type { DeliveryRecorder } from './delivery-recorder.js';

/** Takes note of messages that a user fetches: they have come to one of their devices. */
export type NoteFetched = Pick<DeliveryRecorder, 'fetched'>;
