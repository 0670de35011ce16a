import { createCipheriv, hkdfSync } from 'node:crypto';
import { expect } from 'chai';
import { KeyUnavailableError } from '../../../src/application/ports/event-codec.js';
import { MasterKeys, masterKeyId } from '../../../src/infrastructure/security/master-keys.js';

const OLD = 'the first master key, of more than 32 characters';
const NEW = 'the second master key, of more than 32 characters';
const KEY = Buffer.alloc(64, 'a key of somebody');

describe('Master keys', () => {
  /** The keys that the source answers, newest first; they may change while a server runs. */
  let kept: string[];
  let asked: number;

  beforeEach(() => {
    kept = [OLD];
    asked = 0;
  });

  const open = () =>
    MasterKeys.open(async () => {
      asked += 1;
      return kept;
    });
  const failureOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

  it('have a name that identifies them, and reveals nothing of them', () => {
    expect(masterKeyId(OLD)).to.equal('12-q-YqcQkMY');
    expect(masterKeyId(NEW))
      .to.match(/^[\w-]{12}$/)
      .and.not.equal(masterKeyId(OLD));
  });

  /** Answers a key that was wrapped as since the first release, with its nonce. */
  const wrappedThen = (name: string): Buffer => {
    const iv = Buffer.alloc(12, 7);
    const wrappingKey = Buffer.from(hkdfSync('sha256', OLD, 'chatapp', 'key ring', 32));
    const cipher = createCipheriv('aes-256-gcm', wrappingKey, iv).setAAD(Buffer.from(name));
    return Buffer.concat([iv, cipher.update(KEY), cipher.final(), cipher.getAuthTag()]);
  };

  it('open what was wrapped in any release, named or not', async () => {
    const keys = await open();
    const wrapped = wrappedThen('user ada');
    expect(await keys.unwrap({ wrapped, masterKey: masterKeyId(OLD) }, 'user ada')).to.deep.equal(KEY);
    expect(await keys.unwrap({ wrapped, masterKey: null }, 'user ada')).to.deep.equal(KEY);
    kept = [NEW, OLD];
    expect(await (await open()).unwrap({ wrapped, masterKey: null }, 'user ada')).to.deep.equal(KEY);
  });

  it('wrap with the newest, each time as other bytes', async () => {
    kept = [NEW, OLD];
    const keys = await open();
    const [one, other] = [await keys.wrap(KEY, 'claims'), await keys.wrap(KEY, 'claims')];
    expect(one.masterKey).to.equal(masterKeyId(NEW));
    expect(await keys.current()).to.equal(masterKeyId(NEW));
    expect(one.wrapped.subarray(0, 12)).to.not.deep.equal(other.wrapped.subarray(0, 12));
    expect(one.wrapped).to.have.length(12 + KEY.length + 16);
    expect(one.wrapped.includes(KEY.subarray(0, 8))).to.equal(false);
    for (const wrapped of [one, other]) expect(await keys.unwrap(wrapped, 'claims')).to.deep.equal(KEY);
  });

  it('open nothing under another name, nothing changed, and nothing of another key', async () => {
    const keys = await open();
    const { wrapped, masterKey } = await keys.wrap(KEY, 'claims');
    expect(String(await failureOf(keys.unwrap({ wrapped, masterKey }, 'tickets')))).to.equal(
      'DamagedKeyError: the key tickets does not open with the master key that it is said to be wrapped by',
    );
    for (let index = 0; index < wrapped.length; index += 1) {
      const changed = Buffer.from(wrapped);
      changed[index]! ^= 1;
      const failure = await failureOf(keys.unwrap({ wrapped: changed, masterKey }, 'claims'));
      expect(failure, `byte ${index}`).to.have.property('name', 'DamagedKeyError');
    }
    kept = [NEW, OLD];
    const both = await open();
    const misnamed = { wrapped, masterKey: masterKeyId(NEW) };
    expect(await failureOf(both.unwrap(misnamed, 'claims'))).to.have.property('name', 'DamagedKeyError');
  });

  it('are asked for again when one is missing, and only then', async () => {
    const keys = await open();
    kept = [NEW, OLD];
    expect(asked).to.equal(1);
    expect(await keys.knows(masterKeyId(OLD))).to.equal(true);
    expect(asked).to.equal(1);
    expect(await keys.knows(masterKeyId(NEW))).to.equal(true);
    expect(asked).to.equal(2);
    expect(await keys.knows('another key')).to.equal(false);
  });

  it('wrap with one that has come meanwhile', async () => {
    const keys = await open();
    kept = [NEW, OLD];
    expect((await keys.wrap(KEY, 'claims')).masterKey).to.equal(masterKeyId(NEW));
  });

  it('say which one is not known, so that it can be waited for', async () => {
    const elsewhere = await open();
    const wrapped = await elsewhere.wrap(KEY, 'claims');
    kept = [NEW];
    expect(await failureOf((await open()).unwrap(wrapped, 'claims')))
      .to.be.instanceOf(KeyUnavailableError)
      .with.property('message', `a key is wrapped by master key ${masterKeyId(OLD)}, which this server does not know`);
  });

  it('say so when there is none', async () => {
    kept = [];
    expect(await failureOf((await open()).wrap(KEY, 'claims'))).to.have.property('message', 'there is no master key');
  });
});
