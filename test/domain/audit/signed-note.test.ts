import { expect } from 'chai';
import { toBase64, utf8 } from '../../../src/domain/audit/bytes.js';
import {
  ED25519,
  formatNote,
  formatVerifierKey,
  isKeyName,
  NoteFault,
  parseNote,
  parseSignatures,
  parseVerifierKey,
  signaturesBy,
} from '../../../src/domain/audit/signed-note.js';
import { nodeCrypto, sha256 } from '../../support/audit-crypto.js';
import { noteOf, noteSigner } from '../../support/note-signer.js';

/** The note and the key with which implementations of the format are tested. */
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const NOTE = `${TEXT}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

describe('a signed note', () => {
  it('of another implementation is read, and its signature is right', () => {
    const key = parseVerifierKey(sha256, PETER);
    const note = parseNote(NOTE);
    expect(note.text).to.equal(TEXT);
    const [signature, ...others] = signaturesBy(sha256, note, key);
    expect(others).to.deep.equal([]);
    expect(nodeCrypto.verifyEd25519(key.publicKey, utf8(TEXT), signature?.signature ?? new Uint8Array())).to.equal(
      true,
    );
    expect(formatNote(note)).to.equal(NOTE);
    expect(formatVerifierKey(sha256, key)).to.equal(PETER);
  });

  it('may hold empty lines: the last one ends its text', () => {
    const { key, sign } = noteSigner('example.com/log', 1);
    const text = 'one\n\ntwo\n';
    const note = parseNote(noteOf(text, sign(text)));
    expect(note.text).to.equal(text);
    expect(signaturesBy(sha256, note, key)).to.have.length(1);
  });

  it('has the signatures of a key by its name and id, and not those of others', () => {
    const [log, other] = [noteSigner('example.com/log', 1), noteSigner('example.com/other', 2)];
    const impostor = noteSigner('example.com/log', 3);
    const note = parseNote(noteOf('text\n', other.sign('text\n'), impostor.sign('text\n'), log.sign('text\n')));
    expect(signaturesBy(sha256, note, log.key)).to.deep.equal([note.signatures[2]]);
  });

  const line = NOTE.slice(TEXT.length + 1);
  const broken: Record<string, string> = {
    'no signature': TEXT,
    'an empty line at the end': `${NOTE}\n`,
    'no line break at the end': NOTE.slice(0, -1),
    'a hyphen for the dash': NOTE.replace('\u2014', '-'),
    'two spaces': NOTE.replace('PeterNeumann ', 'PeterNeumann  '),
    'a name with a plus': NOTE.replace('PeterNeumann', 'Peter+Neumann'),
    'base64 that is none': NOTE.replace('x08go', 'x08g!'),
    'a signature of four bytes': `${TEXT}\n\u2014 PeterNeumann ${toBase64(new Uint8Array(4))}\n`,
    'a control character': NOTE.replace('think', 'thi\u0000k'),
    'a carriage return': NOTE.replaceAll('\n', '\r\n'),
    'more signatures than anybody needs': `${TEXT}\n${line.repeat(65)}`,
  };
  for (const [name, note] of Object.entries(broken))
    it(`is refused with ${name}`, () => {
      expect(() => parseNote(note)).to.throw(NoteFault);
    });

  it('has signatures that are read without it, as a witness answers them', () => {
    expect(parseSignatures(line)).to.deep.equal(parseNote(NOTE).signatures);
    expect(() => parseSignatures('')).to.throw(NoteFault);
  });
});

describe('the key of a note', () => {
  const wrong: Record<string, string> = {
    'another id': PETER.replace('c74f20a3', 'c74f20a4'),
    'another name': PETER.replace('Peter', 'Pete'),
    'another key': PETER.replace('ARpc', 'ARpd'),
    'a kind that is not known': `x+00000000+${toBase64(Uint8Array.of(2, ...new Uint8Array(32)))}`,
    'a key that is too short': `x+00000000+${toBase64(Uint8Array.of(ED25519, 1))}`,
    'no id': 'PeterNeumann+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    nothing: '',
  };
  for (const [name, key] of Object.entries(wrong))
    it(`is refused with ${name}`, () => {
      expect(() => parseVerifierKey(sha256, key)).to.throw(NoteFault);
    });

  it('has a name without spaces, control characters and plus', () => {
    expect(isKeyName('chat.example.com/log')).to.equal(true);
    for (const name of ['', 'a b', 'a+b', 'a\u00a0b', 'a\nb', 'a\u0007b'])
      expect(isKeyName(name), name).to.equal(false);
  });
});
