import { randomUUID } from 'node:crypto';
import timestampPb from 'google-protobuf/google/protobuf/timestamp_pb.js';
import streamsPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { DoubleLog, LogRecord } from './double-log.js';
import type { Refusal } from './faults.js';
import { eventOf, filterOf, indexOf, refuseRead, type ReadCall, type ReadOptions } from './read-call.js';

interface Subscriber {
  readonly call: ReadCall;
  readonly passes: (record: LogRecord) => boolean;
  /** The index of the first record that it was not sent. */
  next: number;
}

const { ReadResp } = streamsPb;

/** Those who follow the log of the double: each is sent what stands behind its position, then what is appended. */
export class Subscribers {
  readonly #log: DoubleLog;
  readonly #all = new Set<Subscriber>();
  /** Whence subscriptions were asked for: the indexes of the first records that they were to be sent. */
  readonly begun: number[] = [];

  constructor(log: DoubleLog) {
    this.#log = log;
  }

  add(call: ReadCall, options: ReadOptions): void {
    const at = indexOf(this.#log, options);
    // It is sent what stands behind the position.
    const next = at === undefined ? 0 : at + 1;
    this.begun.push(next);
    const subscriber: Subscriber = { call, passes: filterOf(options), next };
    call.on('cancelled', () => this.#all.delete(subscriber));
    call.write(new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID())));
    this.#send(subscriber);
    call.write(
      new ReadResp().setCaughtUp(new ReadResp.CaughtUp().setTimestamp(timestampPb.Timestamp.fromDate(new Date()))),
    );
    this.#all.add(subscriber);
  }

  #send(subscriber: Subscriber): void {
    const { records } = this.#log;
    for (; subscriber.next < records.length; subscriber.next += 1) {
      const record = records[subscriber.next] as LogRecord;
      if (subscriber.passes(record)) subscriber.call.write(eventOf(record));
    }
  }

  /** Sends each what is new. */
  tell(): void {
    for (const subscriber of this.#all) this.#send(subscriber);
  }

  /** Ends each subscription with one error, as a server does that loses them. */
  drop(refusal: Refusal): void {
    for (const { call } of this.#all) refuseRead(call, refusal);
    this.forget();
  }

  /** Goes on with none of them, and tells nobody: their connections stay open, and silent. */
  forget(): void {
    this.#all.clear();
  }
}
