import { expect } from 'chai';
import { toBase64 } from '../../../src/domain/audit/bytes.js';
import { formatCheckpoint, parseCheckpoint } from '../../../src/domain/audit/checkpoint.js';
import { openCheckpoint } from '../../../src/domain/audit/open-checkpoint.js';
import { NoteFault } from '../../../src/domain/audit/signed-note.js';
import { nodeCrypto, sha256 } from '../../support/audit-crypto.js';
import { noteOf, noteSigner, witness } from '../../support/note-signer.js';

const ORIGIN = 'example.com/log';
const root = sha256(Buffer.from('root'));
const text = formatCheckpoint({ origin: ORIGIN, size: 20_852_163, root });
const log = noteSigner(ORIGIN, 1);
const [first, second] = [witness('witness.example/1', 2), witness('witness.example/2', 3)];
const NOW = 1_679_315_147;

describe('a checkpoint', () => {
  it('is three lines: origin, size and root', () => {
    expect(text).to.equal(`example.com/log\n20852163\n${toBase64(root)}\n`);
    expect(parseCheckpoint(text)).to.deep.equal({ origin: ORIGIN, size: 20_852_163, root: Uint8Array.from(root) });
  });

  it('may have further lines', () => {
    expect(parseCheckpoint(`${text}more\n`).size).to.equal(20_852_163);
  });

  const hash = toBase64(root);
  const broken: Record<string, string> = {
    'a missing line': `${ORIGIN}\n1\n`,
    'an empty origin': `\n1\n${hash}\n`,
    'an empty line': `${ORIGIN}\n1\n\n${hash}\n`,
    'no line break at the end': `${ORIGIN}\n1\n${hash}`,
    'a leading zero': `${ORIGIN}\n01\n${hash}\n`,
    'a negative size': `${ORIGIN}\n-1\n${hash}\n`,
    'a size in hex': `${ORIGIN}\n0x10\n${hash}\n`,
    'a size beyond what can be counted': `${ORIGIN}\n9007199254740993\n${hash}\n`,
    'a root that is too short': `${ORIGIN}\n1\n${toBase64(root.subarray(1))}\n`,
    'a root that is no base64': `${ORIGIN}\n1\n${hash.slice(0, -1)}\n`,
  };
  for (const [name, value] of Object.entries(broken))
    it(`is refused with ${name}`, () => {
      expect(() => parseCheckpoint(value)).to.throw(NoteFault);
    });
});

describe('a checkpoint that is opened', () => {
  const trust = { origin: ORIGIN, keys: [log.key], witnesses: [first.key, second.key] };
  const note = noteOf(text, log.sign(text), first.cosign(text, NOW), second.cosign(text, NOW + 5));

  it('says who has seen it, and when', () => {
    const { size, witnessed } = openCheckpoint(nodeCrypto, note, { ...trust, quorum: 2 });
    expect(size).to.equal(20_852_163);
    expect(witnessed).to.deep.equal([
      { name: 'witness.example/1', time: NOW },
      { name: 'witness.example/2', time: NOW + 5 },
    ]);
  });

  it('is trusted by an older or a newer key of the log', () => {
    const newer = noteSigner(ORIGIN, 9);
    const both = noteOf(text, log.sign(text), newer.sign(text));
    for (const keys of [[log.key], [newer.key], [noteSigner(ORIGIN, 8).key, newer.key]])
      expect(openCheckpoint(nodeCrypto, both, { origin: ORIGIN, keys }).size).to.equal(20_852_163);
  });

  it('is not asked about signatures of others', () => {
    const stranger = noteSigner('stranger.example', 7);
    const withStranger = noteOf(text, stranger.sign('something else\n'), log.sign(text));
    expect(openCheckpoint(nodeCrypto, withStranger, trust).witnessed).to.deep.equal([]);
  });

  const otherText = formatCheckpoint({ origin: 'example.com/other', size: 1, root });
  const wrongTime = {
    ...first.cosign(text, NOW),
    signature: first.cosign(text, NOW + 1).signature.map((byte, at) => (at === 7 ? byte - 1 : byte)),
  };
  const wrong: Record<string, [string, Partial<typeof trust & { quorum: number }>?]> = {
    'no signature of the log': [noteOf(text, first.cosign(text, NOW))],
    'a signature of another key': [noteOf(text, noteSigner(ORIGIN, 4).sign(text))],
    'a signature of another text': [noteOf(text, log.sign(`${text}x\n`))],
    'one right and one wrong signature of a key': [noteOf(text, log.sign(text), log.sign('x\n'))],
    'the origin of another log, signed by the key': [noteOf(otherText, log.sign(otherText))],
    'a cosignature of another text': [noteOf(text, log.sign(text), first.cosign(otherText, NOW))],
    'a cosignature of another time': [noteOf(text, log.sign(text), wrongTime)],
    'a cosignature that is cut': [
      noteOf(text, log.sign(text), { ...first.cosign(text, NOW), signature: new Uint8Array(64) }),
    ],
    'a plain signature of a witness': [note, { witnesses: [log.key] }],
    'fewer witnesses than must have signed': [noteOf(text, log.sign(text), first.cosign(text, NOW)), { quorum: 2 }],
    'one witness twice where two must have signed': [
      noteOf(text, log.sign(text), first.cosign(text, NOW), first.cosign(text, NOW + 1)),
      { quorum: 2 },
    ],
    'no key that is trusted': [note, { keys: [] }],
  };
  for (const [name, [value, other]] of Object.entries(wrong))
    it(`is refused with ${name}`, () => {
      expect(() => openCheckpoint(nodeCrypto, value, { ...trust, ...other })).to.throw(NoteFault);
    });
});
