import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { fromBase64 } from '../../src/domain/audit/bytes.js';
import { hashLeaf } from '../../src/domain/audit/merkle-tree.js';
import { openCheckpoint } from '../../src/domain/audit/open-checkpoint.js';
import { parseVerifierKey, type NoteKey } from '../../src/domain/audit/signed-note.js';
import { tilePath } from '../../src/domain/audit/tiles.js';
import { verifyTlogProof } from '../../src/domain/audit/tlog-proof.js';
import { verifyConsistency } from '../../src/domain/audit/verify-proofs.js';
import { createPool } from '../../src/infrastructure/postgres/pool.js';
import { startApp, type RunningApp } from '../support/app.js';
import { toolEnvironment } from '../support/audit-calls.js';
import { nodeCrypto, sha256 } from '../support/audit-crypto.js';
import { call, expectProblem } from '../support/call.js';
import { chatappHere } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import { MerkleLog } from '../support/merkle-log.js';
import { send, signUp, type SignedUp } from '../support/signed-up.js';
import { TestWitness } from '../support/test-witness.js';

const LONG_MS = 240_000;
const MANY = 300;
const LENGTH_BYTES = 2;

describe('The proofs that auditors take', function () {
  this.timeout(LONG_MS);
  let app: RunningApp;
  let ada: SignedUp;
  let bob: SignedUp;
  let env: Record<string, string>;
  let position: string;
  let witness: TestWitness;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chatapp-heads-'));
    witness = await new TestWitness('witness.example.org/1', 1).start();
    const outside = { AUDIT_WITNESSES: witness.address, AUDIT_CHECKPOINT_FILE: join(folder, 'checkpoint.txt') };
    app = await startApp({ env: { AUDIT_CHECKPOINT_EVENTS: '100', RATE_LIMIT_SCALE: '1000', ...outside } });
    env = toolEnvironment(app);
    [ada, bob] = [await signUp(app, 'ada'), await signUp(app, 'bob')];
    const granted = await chatappHere(env, 'users', 'grant', 'ada', 'auditor');
    expect(granted.code, granted.err).to.equal(0);
    for (let n = 0; n < MANY; n += 1) await send(app, bob, { recipientId: ada.userId, text: 'to be proven' });
    position = (await send(app, bob, { recipientId: ada.userId, text: 'the last one' })).position;
  });
  after(async () => {
    await app.stop();
    await witness.stop();
    await rm(folder, { recursive: true });
  });

  const asked = (path: string, token = ada.accessToken) => call(app, 'GET', `/audit/v1${path}`, { token });
  const textOf = async (path: string): Promise<string> => {
    const answer = await asked(path);
    expect(answer.status, answer.text).to.equal(200);
    expect(answer.headers.get('content-type')).to.equal('text/plain; charset=utf-8');
    return answer.text;
  };
  const bytesOf = async (path: string): Promise<{ bytes: Buffer; caching: string | null }> => {
    const response = await fetch(`${app.url}/audit/v1${path}`, {
      headers: { authorization: `Bearer ${ada.accessToken}` },
    });
    expect(response.status, path).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('application/octet-stream');
    return { bytes: Buffer.from(await response.arrayBuffer()), caching: response.headers.get('cache-control') };
  };
  const trust = async (): Promise<{ origin: string; keys: NoteKey[] }> => {
    const { body } = await asked('/key');
    const keys = (body['keys'] as { verifierKey: string }[]).map(({ verifierKey }) =>
      parseVerifierKey(sha256, verifierKey),
    );
    return { origin: body['origin'] as string, keys };
  };
  const openedAt = async (path: string) => openCheckpoint(nodeCrypto, await textOf(path), await trust());

  it('show offline that an event is in the log, however new it is', async () => {
    for (const each of ['1', position]) {
      const { bytes: leaf, caching } = await bytesOf(`/events/${each}/leaf`);
      expect(caching).to.equal('private, max-age=31536000, immutable');
      const proof = await textOf(`/proofs/inclusion?position=${each}`);
      const { index, checkpoint } = verifyTlogProof(nodeCrypto, proof, leaf, await trust());
      expect(index).to.equal(Number(each) - 1);
      expect(checkpoint.size).to.be.greaterThan(index);
    }
  });

  it('show that the log only grew', async () => {
    await textOf(`/proofs/inclusion?position=${position}`); // a head that covers it is signed
    const from = await openedAt('/checkpoint');
    const { position: next } = await send(app, bob, { recipientId: ada.userId, text: 'one more' });
    await textOf(`/proofs/inclusion?position=${next}`);
    const to = await openedAt('/checkpoint');
    expect(to.size).to.be.greaterThan(from.size);
    expect(await openedAt(`/checkpoint/${from.size}`)).to.deep.equal(from);
    const { body } = await asked(`/proofs/consistency?from=${from.size}&to=${to.size}`);
    const proof = (body['proof'] as string[]).map(fromBase64);
    verifyConsistency(sha256, from, to, proof);
    const { body: untilNow } = await asked(`/proofs/consistency?from=${from.size}`);
    expect(untilNow['to']).to.be.at.least(to.size);
    expect((await asked('/proofs/consistency?from=0&to=0')).body).to.deep.equal({ from: 0, to: 0, proof: [] });
  });

  it('are made anew by a mirror from the tiles alone', async () => {
    const { size, root } = await openedAt('/tiles/checkpoint');
    expect(size).to.be.greaterThan(MANY);
    const mirror = new MerkleLog();
    for (let index = 0; index * 256 < size; index += 1) {
      const width = Math.min(256, size - index * 256);
      const { bytes, caching } = await bytesOf(`/tiles/tile/${tilePath({ level: 'entries', index, width })}`);
      expect(caching).to.equal(width === 256 ? 'private, max-age=31536000, immutable' : 'no-store');
      const leaves: Buffer[] = [];
      for (let at = 0; at < bytes.length;) {
        const end = at + LENGTH_BYTES + bytes.readUInt16BE(at);
        leaves.push(bytes.subarray(at + LENGTH_BYTES, end));
        at = end;
      }
      expect(leaves).to.have.length(width);
      mirror.add(leaves);
      const tile = await bytesOf(`/tiles/tile/${tilePath({ level: 0, index, width })}`);
      expect(tile.bytes).to.deep.equal(Buffer.concat(leaves.map((leaf) => hashLeaf(sha256, leaf))));
    }
    expect(mirror.head().root).to.deep.equal(root);
    expect((await bytesOf('/tiles/tile/1/000.p/1')).bytes).to.deep.equal(mirror.tile(1, 0));
    expect((await bytesOf('/tiles/tile/0/001.p/3')).bytes).to.deep.equal(mirror.tile(0, 1)?.subarray(0, 96));
  });

  it('are verified by the old key and by the new one where it was changed', async () => {
    const { keys: before } = await trust();
    const rotated = await chatappHere(env, 'audit', 'keys', 'rotate', '--json');
    expect(rotated.code, rotated.err).to.equal(0);
    const { size } = JSON.parse(rotated.out) as { size: number };
    const { origin, keys } = await trust();
    expect(keys).to.have.length(before.length + 1);
    const note = await textOf(`/checkpoint/${size}`);
    for (const key of keys.slice(-2))
      expect(openCheckpoint(nodeCrypto, note, { origin, keys: [key] }).size).to.equal(size);
    const { position: next } = await send(app, bob, { recipientId: ada.userId, text: 'under the new key' });
    const leaf = (await bytesOf(`/events/${next}/leaf`)).bytes;
    const proof = await textOf(`/proofs/inclusion?position=${next}`);
    verifyTlogProof(nodeCrypto, proof, leaf, { origin, keys: keys.slice(-1) });
    expect(() => verifyTlogProof(nodeCrypto, proof, leaf, { origin, keys: before })).to.throw();
  });

  it('bear the cosignature of a witness, and the newest stands in a file', async () => {
    const { origin, keys } = await trust();
    witness.trust(origin, keys);
    const opened = await eventually(
      async () => openCheckpoint(nodeCrypto, await textOf('/checkpoint'), { origin, keys, witnesses: [witness.key] }),
      ({ witnessed }) => witnessed.length > 0,
    );
    expect(opened.witnessed[0]?.name).to.equal('witness.example.org/1');
    const note = await eventually(
      () => readFile(join(folder, 'checkpoint.txt'), 'utf8'),
      (text) => text.includes('witness.example.org/1'),
    );
    expect(openCheckpoint(nodeCrypto, note, { origin, keys, witnesses: [witness.key], quorum: 1 }).origin).to.equal(
      origin,
    );
    const verified = await chatappHere(
      env,
      'audit',
      'verify',
      '--checkpoint',
      join(folder, 'checkpoint.txt'),
      '--json',
    );
    expect(verified.code, verified.err).to.equal(0);
  });

  it('are events themselves', async () => {
    const { out } = await chatappHere(env, 'log', 'tail', '--limit', '5', '--json', '--reason', 'A test');
    expect(out).to.include('GET /audit/v1/');
  });

  it('are found not to fit by the tool, with an exit code of its own, where the log was changed', async () => {
    const pool = createPool({ url: app.databaseUrl ?? '', max: 1, name: 'test', onIdleError: () => undefined });
    const change = (from: string, to: string) =>
      pool.query(`update log.events set type = $2 where position = 7 and type = $1`, [from, to]);
    try {
      const { rows } = await pool.query<{ type: string }>('select type from log.events where position = 7');
      const type = rows[0]?.type ?? '';
      await change(type, 'MessageEdited');
      const found = await chatappHere(env, 'audit', 'verify');
      await change('MessageEdited', type);
      expect(found.code, found.err).to.equal(3);
      expect(found.err).to.match(/the log does not fit: altered at position 7, stream /);
    } finally {
      await pool.end();
    }
  });

  it('are not for others', async () => {
    for (const path of ['/checkpoint', '/key', '/events/1/leaf', '/tiles/tile/0/000.p/1'])
      expectProblem(await asked(path, bob.accessToken), 403, 'forbidden');
  });

  const beyond = String(10n ** 18n);
  const refused: Record<string, [status: number, code: string]> = {
    [`/proofs/inclusion?position=${beyond}`]: [404, 'audit_event_not_found'],
    '/proofs/inclusion?position=0': [404, 'audit_event_not_found'],
    [`/proofs/inclusion?position=${10n ** 30n}`]: [400, 'invalid_request'],
    '/proofs/inclusion?position=-1': [400, 'invalid_request'],
    '/proofs/inclusion': [400, 'invalid_request'],
    [`/proofs/consistency?from=1&to=${10 ** 12}`]: [400, 'audit_size_unknown'],
    [`/proofs/consistency?from=1&to=${beyond}`]: [400, 'invalid_request'],
    '/proofs/consistency?from=2&to=1': [400, 'audit_size_unknown'],
    '/proofs/consistency?from=1.5&to=2': [400, 'invalid_request'],
    [`/proofs/consistency?from=${10 ** 12}`]: [400, 'audit_size_unknown'],
    [`/events/${beyond}/leaf`]: [404, 'audit_event_not_found'],
    '/events/0/leaf': [404, 'audit_event_not_found'],
    '/checkpoint/0': [404, 'audit_checkpoint_not_found'],
    [`/checkpoint/${10 ** 12}`]: [404, 'audit_checkpoint_not_found'],
    '/checkpoint/-1': [400, 'invalid_request'],
    '/tiles/tile/0/000.p/0': [400, 'invalid_request'],
    '/tiles/tile/0/000.p/257': [400, 'invalid_request'],
    '/tiles/tile/0/x000/000': [400, 'invalid_request'],
    '/tiles/tile/64/000': [400, 'invalid_request'],
    '/tiles/tile/0/x999/x999/999': [404, 'audit_tile_not_found'],
    '/tiles/tile/entries/x999/x999/999.p/5': [404, 'audit_tile_not_found'],
    '/tiles/tile/1/000': [404, 'audit_tile_not_found'],
    '/tiles/tile/63/000.p/1': [404, 'audit_tile_not_found'],
  };
  for (const [path, [status, code]] of Object.entries(refused))
    it(`are refused with ${code}: ${path}`, async () => {
      expectProblem(await asked(path), status, code);
    });
});
