import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { openSealed, SealFault, type Encrypted } from '../../../src/domain/audit/open-sealed.js';
import { USER_KEY_BYTES, UserKey, type KeyReference } from '../../../src/infrastructure/security/user-key.js';
import { forgedForTwoKeys } from '../../support/forged-gcm.js';
import { nodeSealCrypto } from '../../support/seal-crypto.js';

const PLACE = { type: 'MessageSent', schemaVersion: 3, streamId: 'message-1', eventId: 'e1' };

describe('a sealed piece and the key of its event', () => {
  const user = new UserKey(randomBytes(USER_KEY_BYTES), 'reference' as KeyReference);
  const open = (piece: string, key: Uint8Array = user.eventKey(PLACE), place = PLACE) =>
    openSealed(nodeSealCrypto, piece, key, place);

  /** Opens a piece and answers its bytes, which need not be a text. */
  const opened = (piece: string, key: Uint8Array): string => {
    let bytes: Uint8Array | undefined;
    const openAesGcm = (encrypted: Encrypted): Uint8Array => {
      bytes = nodeSealCrypto.openAesGcm(encrypted);
      return new Uint8Array();
    };
    openSealed({ ...nodeSealCrypto, openAesGcm }, piece, key, PLACE);
    return Buffer.from(bytes ?? []).toString('latin1');
  };

  it('show the text without the key of the user', () => {
    for (const text of ['', 'Grüße 日本 👩🏽‍🚀', 'x'.repeat(8_000)])
      expect(open(user.sealEvent(text, PLACE))).to.equal(text);
  });

  it('open nothing else of the user, and nothing in another place', () => {
    const piece = user.sealEvent('text', PLACE);
    for (const other of [
      { ...PLACE, type: 'MessageEdited' },
      { ...PLACE, schemaVersion: 2 },
      { ...PLACE, streamId: 'message-2' },
      { ...PLACE, eventId: 'e2' },
    ]) {
      expect(() => open(user.sealEvent('text', other), user.eventKey(PLACE), other)).to.throw(SealFault, 'another key');
      expect(() => open(piece, user.eventKey(other))).to.throw(SealFault, 'another key');
      expect(() => open(piece, user.eventKey(PLACE), other)).to.throw(SealFault, 'another place');
    }
  });

  it('are refused where a byte was changed, and where the piece is cut', () => {
    const piece = user.sealEvent('text', PLACE);
    const bytes = Buffer.from(piece.slice(2), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(() => open(`2.${changed.toString('base64url')}`), `byte ${at}`).to.throw(SealFault);
      expect(() => open(`2.${bytes.toString('base64url', 0, at)}`), `cut at ${at}`).to.throw(SealFault);
    }
    for (const length of [0, 31, 33]) expect(() => open(piece, randomBytes(length))).to.throw(SealFault, '32 bytes');
  });

  it('are refused in any other form', () => {
    const piece = user.sealEvent('text', PLACE);
    for (const other of ['', piece.slice(2), `3${piece.slice(1)}`, `${piece}=`, `${piece}+`, ` ${piece}`, '2.!'])
      expect(() => open(other), other).to.throw(SealFault);
  });

  it('are refused where what was sealed is no text', () => {
    const piece = user.sealEvent('text', PLACE);
    const crypto = { ...nodeSealCrypto, openAesGcm: () => Uint8Array.of(0xff) };
    expect(() => openSealed(crypto, piece, user.eventKey(PLACE), PLACE)).to.throw(SealFault, 'no text');
  });

  /*
   * AES-GCM does not commit to its key: one ciphertext can be made that two keys open, each to another text. The
   * commitment in the piece can be that of one of the two only.
   */
  it('hold one text, also where the cipher alone would open to two', () => {
    const { eventKeys, pieces, texts, sealedFor } = forgedForTwoKeys(PLACE);
    expect(texts[0]).not.to.equal(texts[1]);
    expect(sealedFor.map((key) => Buffer.from(nodeSealCrypto.openAesGcm(key)!).toString('latin1'))).to.deep.equal(
      texts,
    );
    const [[one, other], [keyOfOne, keyOfOther]] = [pieces, eventKeys];
    expect(() => open(one, keyOfOther)).to.throw(SealFault, 'another key');
    expect(() => open(other, keyOfOne)).to.throw(SealFault, 'another key');
    // What opens is no text: the forged block is random. The commitment is right, and so is the tag.
    expect(opened(one, keyOfOne)).to.deep.equal(texts[0]);
    expect(opened(other, keyOfOther)).to.deep.equal(texts[1]);
  });
});
