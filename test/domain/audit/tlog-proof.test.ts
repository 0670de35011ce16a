import { expect } from 'chai';
import { toBase64 } from '../../../src/domain/audit/bytes.js';
import { formatCheckpoint } from '../../../src/domain/audit/checkpoint.js';
import { NoteFault } from '../../../src/domain/audit/signed-note.js';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from '../../../src/domain/audit/tlog-proof.js';
import { ProofFault } from '../../../src/domain/audit/verify-proofs.js';
import { nodeCrypto } from '../../support/audit-crypto.js';
import { MerkleLog, numberedLeaves } from '../../support/merkle-log.js';
import { noteOf, noteSigner } from '../../support/note-signer.js';

const ORIGIN = 'example.com/log';
const signer = noteSigner(ORIGIN, 1);
const log = new MerkleLog().add(numberedLeaves(300));
const text = formatCheckpoint({ origin: ORIGIN, ...log.head() });
const checkpoint = noteOf(text, signer.sign(text));
const leaf = log.leaves[255] ?? new Uint8Array();
const { index, proof } = log.inclusion(255);
const written = formatTlogProof({ index, proof, checkpoint });
const trust = { origin: ORIGIN, keys: [signer.key] };

describe('a proof in one file', () => {
  it('is written as specified', () => {
    expect(written).to.equal(
      `c2sp.org/tlog-proof@v1\nindex 255\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${checkpoint}`,
    );
    const alone = formatTlogProof({ index: 0, proof: [], checkpoint });
    expect(alone).to.equal(`c2sp.org/tlog-proof@v1\nindex 0\n\n${checkpoint}`);
    expect(parseTlogProof(alone)).to.deep.equal({ index: 0, proof: [], checkpoint });
  });

  it('proves that a leaf is in the log of its checkpoint', () => {
    const verified = verifyTlogProof(nodeCrypto, written, leaf, trust);
    expect(verified.index).to.equal(255);
    expect(verified.checkpoint.size).to.equal(300);
  });

  it('may hold what others have added, which proves nothing', () => {
    const extra = written.replace('\nindex', '\nextra AAAA\nindex');
    expect(verifyTlogProof(nodeCrypto, extra, leaf, trust).index).to.equal(255);
  });

  const lines = written.split('\n');
  const without = (at: number): string => lines.filter((_, line) => line !== at).join('\n');
  const broken: Record<string, string> = {
    'another header': written.replace('@v1', '@v2'),
    'no index': without(1),
    'an index with a leading zero': written.replace('index 255', 'index 0255'),
    'no checkpoint': written.slice(0, written.indexOf('\n\n')),
    'a hash that is none': written.replace(lines[2] ?? '', 'AAAA'),
    'too many hashes': formatTlogProof({
      index,
      proof: Array.from({ length: 64 }, () => proof[0] ?? leaf),
      checkpoint,
    }),
    'no signature': formatTlogProof({ index, proof, checkpoint: text }),
  };
  for (const [name, value] of Object.entries(broken))
    it(`is refused with ${name}`, () => {
      expect(() => verifyTlogProof(nodeCrypto, value, leaf, trust)).to.throw(NoteFault);
    });

  const smaller = formatCheckpoint({ origin: ORIGIN, ...new MerkleLog().add(numberedLeaves(299)).head() });
  const wrong: Record<string, [string, Uint8Array]> = {
    'another leaf': [written, log.leaves[254] ?? leaf],
    'another index': [written.replace('index 255', 'index 254'), leaf],
    'a hash left out': [without(2), leaf],
    'the checkpoint of another size': [
      formatTlogProof({ index, proof, checkpoint: noteOf(smaller, signer.sign(smaller)) }),
      leaf,
    ],
  };
  for (const [name, [value, bytes]] of Object.entries(wrong))
    it(`proves nothing with ${name}`, () => {
      expect(() => verifyTlogProof(nodeCrypto, value, bytes, trust)).to.throw(ProofFault);
    });
});
