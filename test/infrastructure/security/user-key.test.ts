import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import {
  DamagedUserKey,
  USER_KEY_BYTES,
  UserKey,
  type KeyReference,
} from '../../../src/infrastructure/security/user-key.js';

const CONTEXT = 'MessageSent\0message-1\0e1';
const NONCE_CHARACTERS = 16;

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
    expect(() => damaged.open(newKey().seal('text', CONTEXT), CONTEXT)).to.throw(why);
  });
});
