import { Server, ServerCredentials, type sendUnaryData } from '@grpc/grpc-js';
import featuresService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js';
import featuresPb from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js';
import streamsService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import appendService from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v2/streams/streams_grpc_pb.js';
import { answerAppend, type AppendCall, type RespondToAppend } from './append-call.js';
import { DoubleLog } from './double-log.js';
import { Faults, NOT_READY, UNAVAILABLE } from './faults.js';
import { answerRead, encoded, refuseRead, type ReadCall } from './read-call.js';
import { Subscribers } from './subscribers.js';

type TellFeatures = sendUnaryData<featuresPb.SupportedMethods>;

/** The server's own reading, whose answers are written as bytes: each event is encoded once, however many it is sent to. */
const READ = { ...streamsService.StreamsService.read, responseSerialize: encoded };
const VERSION = '26.1.0-double';
const APPENDS = 'kurrentdb.protocol.v2.streams.StreamsService';

/**
 * A double of a KurrentDB server, for tests: no KurrentDB can be installed where they run. It speaks the official protocol by
 * the services that the client's package brings, over gRPC, and keeps its log in memory. Its rules were read in the server's
 * source code; what it proves is that the adapter fits these rules and bears faults, and neither that the rules are the
 * server's nor how fast it is. With `KURRENTDB_URL` the same tests run against a real server.
 */
export class KurrentDbDouble {
  readonly log = new DoubleLog();
  readonly faults = new Faults();
  readonly subscribers = new Subscribers(this.log);
  version = VERSION;
  /** Whether it says that it can append records to several streams. */
  appendsRecords = true;
  /** What reads were sent: events, and that there are none. Subscriptions are not counted. */
  answersSent = 0;
  /** Another node that leads; without it, this one does. */
  leader: KurrentDbDouble | undefined;
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `kurrentdb://127.0.0.1:${this.#port}?tls=false`;
  }

  /** Starts, or starts again under the same address with what it holds. */
  async start(): Promise<this> {
    const server = new Server({ 'grpc.max_receive_message_length': -1 });
    server.addService({ read: READ }, { read: (call: ReadCall) => void this.#read(call) });
    server.addService(appendService.StreamsServiceService, {
      appendRecords: (call: AppendCall, send: RespondToAppend) => void this.#append(call, send),
    });
    server.addService(featuresService.ServerFeaturesService, {
      getSupportedMethods: (_: unknown, send: TellFeatures) => void this.#tellFeatures(send),
    });
    this.#port = await new Promise((resolve, reject) =>
      server.bindAsync(`127.0.0.1:${this.#port}`, ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
    this.#server = server;
    return this;
  }

  /** Closes every connection, and takes none until it is started again. */
  stop(): void {
    this.#server?.forceShutdown();
    this.#server = undefined;
    this.subscribers.forget();
  }

  /** Waits until every client has closed its connections. */
  async untilNobodyIsConnected(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server) await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  }

  async #tellFeatures(send: TellFeatures): Promise<void> {
    await this.faults.untilThawed();
    if (this.faults.takeFailingStart()) {
      send(NOT_READY());
      return;
    }
    const method = new featuresPb.SupportedMethod().setServiceName(APPENDS).setMethodName('appendrecords');
    send(
      null,
      new featuresPb.SupportedMethods()
        .setEventStoreServerVersion(this.version)
        .setMethodsList(this.appendsRecords ? [method] : []),
    );
  }

  async #append(call: AppendCall, send: RespondToAppend): Promise<void> {
    await this.faults.untilThawed();
    const { log, faults, subscribers: told, leader } = this;
    const leaderPort = (leader ?? this).#port;
    await answerAppend(call, send, { log, faults, leaderPort, isLeader: !leader, told });
  }

  async #read(call: ReadCall): Promise<void> {
    await this.faults.untilThawed();
    if (call.cancelled) return;
    const options = call.request.getOptions();
    if (this.faults.unavailable || this.faults.takeFailingRead()) refuseRead(call, UNAVAILABLE());
    else if (options?.hasSubscription()) this.subscribers.add(call, options);
    else if (options) this.answersSent += answerRead(this.log, call, options);
  }
}
