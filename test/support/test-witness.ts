import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { equalBytes, fromBase64 } from '../../src/domain/audit/bytes.js';
import { openCheckpoint, type OpenedCheckpoint } from '../../src/domain/audit/open-checkpoint.js';
import {
  formatSignature,
  formatVerifierKey,
  NoteFault,
  parseNote,
  type NoteKey,
} from '../../src/domain/audit/signed-note.js';
import { ProofFault, verifyConsistency, type TreeHead } from '../../src/domain/audit/verify-proofs.js';
import { nodeCrypto, sha256 } from './audit-crypto.js';
import { witness } from './note-signer.js';

/** An answer, before it is one. */
class Answered extends Error {
  constructor(
    readonly status: number,
    readonly body = '',
    readonly type = 'text/plain',
  ) {
    super(`${status}`);
  }
}

const EMPTY: TreeHead = { size: 0, root: sha256(new Uint8Array()) };

/** A witness over HTTP, which does what C2SP `tlog-witness` asks of one. It knows one log. */
export class TestWitness {
  readonly #signer;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #log: { readonly origin: string; readonly keys: readonly NoteKey[] } | undefined;
  /** The head that it has cosigned last. */
  head: TreeHead = EMPTY;
  /** What it was asked, each as its body. */
  readonly asked: string[] = [];
  /** What it answers whatever it is asked. */
  answersWith: { readonly status: number; readonly body: string; readonly type?: string } | undefined;

  constructor(name: string, seed: number) {
    this.#signer = witness(name, seed);
  }

  get key(): NoteKey {
    return this.#signer.key;
  }

  /** Has it know a log by its name, with these keys. */
  trust(origin: string, keys: readonly NoteKey[]): void {
    this.#log = { origin, keys };
  }

  /** Answers how it stands in the configuration of a log. */
  get address(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${formatVerifierKey(sha256, this.key)} http://127.0.0.1:${port}/witness/`;
  }

  async start(port = 0): Promise<this> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    this.asked.push(body);
    const { status, body: answer, type } = this.#judged(request, body);
    response.writeHead(status, { 'content-type': type }).end(answer);
  }

  #judged({ method, url }: IncomingMessage, body: string): Answered {
    if (this.answersWith) return new Answered(this.answersWith.status, this.answersWith.body, this.answersWith.type);
    if (method !== 'POST' || url !== '/witness/add-checkpoint') return new Answered(404);
    try {
      return new Answered(200, this.#cosign(body));
    } catch (error) {
      if (error instanceof Answered) return error;
      throw error;
    }
  }

  #opened(note: string): OpenedCheckpoint {
    if (!this.#log || !note.startsWith(`${this.#log.origin}\n`)) throw new Answered(404);
    try {
      return openCheckpoint(nodeCrypto, note, this.#log);
    } catch (error) {
      if (error instanceof NoteFault) throw new Answered(403);
      throw error;
    }
  }

  #conflict(): Answered {
    return new Answered(409, `${this.head.size}\n`, 'text/x.tlog.size');
  }

  #requireOld(first: string, checkpoint: TreeHead): void {
    const [, digits] = /^old (\d+)$/.exec(first) ?? [];
    if (digits === undefined || Number(digits) > checkpoint.size) throw new Answered(400);
    if (Number(digits) !== this.head.size) throw this.#conflict();
    const isSame = this.head.size === checkpoint.size;
    if (isSame && !equalBytes(checkpoint.root, this.head.root)) throw this.#conflict();
  }

  #cosign(body: string): string {
    const end = body.indexOf('\n\n');
    const [first = '', ...proof] = body.slice(0, end).split('\n');
    const note = body.slice(end + 2);
    const checkpoint = this.#opened(note);
    this.#requireOld(first, checkpoint);
    try {
      verifyConsistency(sha256, this.head, checkpoint, proof.map(fromBase64));
    } catch (error) {
      if (error instanceof ProofFault) throw new Answered(422);
      throw error;
    }
    this.head = { size: checkpoint.size, root: checkpoint.root };
    return formatSignature(this.#signer.cosign(parseNote(note).text, Math.floor(Date.now() / 1_000)));
  }
}
