import { createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import {
  DamagedUserKey,
  USER_KEY_BYTES,
  UserKey,
  type KeyReference,
} from '../../../src/infrastructure/security/user-key.js';

const CONTEXT = 'MessageSent\0message-1\0e1';
const NONCE_CHARACTERS = 16;
const PLACE = { type: 'MessageSent', schemaVersion: 3, streamId: 'message-1', eventId: 'e1' };
/** Each differs from the place in one thing. */
const OTHER_PLACES = [
  { ...PLACE, type: 'MessageEdited' },
  { ...PLACE, schemaVersion: 2 },
  { ...PLACE, streamId: 'message-2' },
  { ...PLACE, eventId: 'e2' },
];

describe('The key of a user', () => {
  const newKey = (bytes: Buffer = randomBytes(USER_KEY_BYTES)) => new UserKey(bytes, 'reference' as KeyReference);
  /** The first half encrypts, and the second half makes the nonces. */
  const fixed = Buffer.concat([Buffer.alloc(32, 'encryption'), Buffer.alloc(32, 'nonces')]);

  // The log keeps sealed texts for ever: if they were sealed in another way, none of the old ones could be opened.
  it('seals as it did when the log was written', () => {
    const sealed = newKey(fixed).seal('Grüße', CONTEXT);
    expect(sealed).to.equal('uc3QtnCQYha-z3BZi9j10kecMMye6yldIE8Lb9yQPBzSE48');
    expect(newKey(fixed).open(sealed, CONTEXT)).to.equal('Grüße');
  });

  it('seals the same for the same event, and nothing alike for another', () => {
    const key = newKey();
    const sealed = key.seal('text', 'MessageSent e1');
    expect(key.seal('text', 'MessageSent e1')).to.equal(sealed);
    const others = [
      key.seal('text', 'MessageSent e2'),
      key.seal('texu', 'MessageSent e1'),
      key.seal('text', 'ProfileChanged e1'),
      newKey().seal('text', 'MessageSent e1'),
    ];
    // The nonce depends on the text too, so that no two begin the same.
    expect(new Set([sealed, ...others].map((each) => each.slice(0, NONCE_CHARACTERS))).size).to.equal(5);
  });

  it('takes its nonces from the second half of its bytes, and encrypts with the first', () => {
    const half = randomBytes(32);
    const [one, other] = [randomBytes(32), randomBytes(32)];
    const sealed = newKey(Buffer.concat([one, half])).seal('text', CONTEXT);
    const alike = newKey(Buffer.concat([other, half])).seal('text', CONTEXT);
    expect(alike.slice(0, NONCE_CHARACTERS)).to.equal(sealed.slice(0, NONCE_CHARACTERS));
    expect(alike).to.not.equal(sealed);
    expect(newKey(Buffer.concat([one, other])).open(sealed, CONTEXT)).to.equal('text');
  });

  it('opens nothing that was changed, or sealed as something else, or by another', () => {
    const key = newKey();
    const sealed = key.seal('text', CONTEXT);
    const bytes = Buffer.from(sealed, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index]! ^= 1;
      expect(() => key.open(changed.toString('base64url'), CONTEXT), `byte ${index}`).to.throw();
    }
    expect(() => key.open(sealed, 'ProfileChanged\0message-1\0e1')).to.throw();
    expect(() => newKey().open(sealed, CONTEXT)).to.throw();
    expect(() => key.open('', CONTEXT)).to.throw();
  });

  it('neither seals nor opens anything where it cannot be had, and says why', () => {
    const why = new Error('its row is damaged');
    const damaged: UserKey = new DamagedUserKey('reference' as KeyReference, why);
    expect(damaged.reference).to.equal('reference');
    expect(() => damaged.seal('text', CONTEXT)).to.throw(why);
    expect(() => damaged.sealEvent('text', PLACE)).to.throw(why);
    expect(() => damaged.openEvent(newKey().sealEvent('text', PLACE), PLACE)).to.throw(why);
    expect(() => damaged.eventKey(PLACE)).to.throw(why);
    expect(() => damaged.open(newKey().seal('text', CONTEXT), CONTEXT)).to.throw(why);
  });

  describe('seals events', () => {
    const bytesOf = (piece: string): Buffer => Buffer.from(piece.slice('2.'.length), 'base64url');
    const pieceOf = (bytes: Buffer): string => `2.${bytes.toString('base64url')}`;

    /** As RFC 5869 has it, block by block. */
    const hmac = (key: string | Buffer, ...parts: (string | Buffer)[]): Buffer => {
      const mac = createHmac('sha256', key);
      for (const part of parts) mac.update(part);
      return mac.digest();
    };

    // The log keeps sealed texts for ever: if they were sealed in another way, none of the old ones could be opened.
    it('as it did when the log was written', () => {
      const sealed = newKey(fixed).sealEvent('Grüße', PLACE);
      expect(sealed).to.equal(
        '2.F2QcNliz_cdpFw6gZ1hxvMkFD29ioMwSHmVf5hkEl2vQWF4i8WPl-kKbbZ3CC7rkyojub06RgAqyBe5S9aM1gcObnQ',
      );
      expect(newKey(fixed).openEvent(sealed, PLACE)).to.equal('Grüße');
    });

    it('with a key that is derived from the user by HKDF, and holds a commitment to it', () => {
      const place = 'MessageSent\u00003\0message-1\0e1';
      const eventKey = hmac(hmac('chatapp user key 2', fixed), `chatapp event key 2\0${place}\u0001`);
      expect(newKey(fixed).eventKey(PLACE)).to.deep.equal(eventKey);
      const info = `chatapp sealed piece 2\0${place}`;
      const key = hmac(eventKey, `${info}\u0001`);
      const bytes = bytesOf(newKey(fixed).sealEvent('text', PLACE));
      expect(bytes.subarray(0, 32)).to.deep.equal(hmac(eventKey, key, `${info}\u0002`));
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(32, 44)).setAuthTag(bytes.subarray(-16));
      expect(decipher.update(bytes.subarray(44, -16), undefined, 'utf8') + decipher.final('utf8')).to.equal('text');
    });

    it('the same for the same event, and nothing alike for another', () => {
      const key = newKey();
      const sealed = key.sealEvent('text', PLACE);
      expect(key.sealEvent('text', PLACE)).to.equal(sealed);
      const others = [...OTHER_PLACES.map((place) => key.sealEvent('text', place)), newKey().sealEvent('text', PLACE)];
      const commitments = [sealed, ...others].map((each) => bytesOf(each).toString('hex', 0, 32));
      expect(new Set(commitments).size).to.equal(6);
    });

    // Two texts under one key and one nonce would show how they differ, and let others be forged.
    it('with another nonce for another text, also in the same place', () => {
      const key = newKey();
      const nonces = ['text', 'texu', ''].map((text) => bytesOf(key.sealEvent(text, PLACE)).toString('hex', 32, 44));
      expect(new Set(nonces).size).to.equal(3);
    });

    it('so that nothing opens that was changed, stands in another place, or was sealed by another', () => {
      const key = newKey();
      const sealed = key.sealEvent('text', PLACE);
      const bytes = bytesOf(sealed);
      for (let index = 0; index < bytes.length; index += 1) {
        const changed = Buffer.from(bytes);
        changed[index]! ^= 1;
        expect(() => key.openEvent(pieceOf(changed), PLACE), `byte ${index}`).to.throw();
      }
      for (const place of OTHER_PLACES) expect(() => key.openEvent(sealed, place), JSON.stringify(place)).to.throw();
      expect(() => newKey().openEvent(sealed, PLACE)).to.throw();
      for (const length of [0, 32, 59])
        expect(() => key.openEvent(pieceOf(bytes.subarray(0, length)), PLACE)).to.throw();
    });

    it('and takes neither kind of sealing for the other', () => {
      const key = newKey();
      expect(() => key.openEvent(`2.${key.seal('text', CONTEXT)}`, PLACE)).to.throw();
      expect(() => key.open(key.sealEvent('text', PLACE).slice('2.'.length), CONTEXT)).to.throw();
    });
  });
});
