import { expect } from 'chai';
import {
  CertificateFault,
  formatCertificate,
  verifyCertificate,
} from '../../../src/domain/audit/erasure-certificate.js';
import { ProofFault } from '../../../src/domain/audit/verify-proofs.js';
import { nodeCrypto } from '../../support/audit-crypto.js';
import {
  certifiedLog,
  checkpointOf,
  eventOf,
  KEY_IDS,
  leafOf,
  otherKey,
  otherLog,
  signed,
  signedText,
  TRUST,
} from '../../support/certificate-scene.js';
import { ada, at, bob, cleo } from '../../support/ids.js';

const { log, certificate } = certifiedLog();
const verify = (text: string, trust = TRUST) => verifyCertificate(nodeCrypto, text, trust);

describe('The certificate of an erasure', () => {
  it('says who was erased by whom and when, which keys were destroyed, and proves the event', () => {
    const { checkpoint, ...report } = verify(signed(certificate));
    expect(report).to.deep.equal({
      userId: ada,
      erasedAt: at(900),
      erasedBy: bob,
      keyIds: KEY_IDS,
      destroyedAt: at(901),
      purgedAt: at(910),
      issuedAt: at(1_000),
      position: '26',
      grownFrom: 20,
    });
    expect(checkpoint.size).to.equal(30);
  });

  it('may come before any other head, and before the pages are purged, from the tool', () => {
    const event = eventOf({ erasedBy: null });
    const by = certifiedLog(leafOf(event)).certificate;
    const early = { ...by, event, erasedBy: null, before: null, purgedAt: null };
    expect(verify(signed(early))).to.include({ erasedBy: null, purgedAt: null, grownFrom: null });
  });

  it('may be of an event that names no key, as events of before do', () => {
    const event = JSON.stringify({ userId: ada, erasedBy: bob, erasedAt: at(900) });
    const old = { ...certifiedLog(leafOf(event)).certificate, event, keyIds: [] };
    expect(verify(signed(old)).keyIds).to.deep.equal([]);
  });

  it('is nothing that opens as a checkpoint', () => {
    expect(formatCertificate(certificate).split('\n')[0]).to.include(' ');
  });

  const text = formatCertificate(certificate);
  const withLine = (name: string, value: string) => text.replace(new RegExp(`^${name} .*$`, 'm'), `${name} ${value}`);
  const without = (name: string) => text.replace(new RegExp(`^${name} .*\n`, 'm'), '');
  const otherEvent = (data: object) => {
    const event = eventOf(data);
    return { ...certifiedLog(leafOf(event)).certificate, event };
  };

  /** What somebody who has no key of the log can do: each of these breaks the signature. */
  const changed: Record<string, string> = {
    'another user': signed(certificate).replace(`user ${ada}`, `user ${cleo}`),
    'another time': signed(certificate).replace(`erased ${at(900)}`, `erased ${at(800)}`),
    'another key id': signed(certificate).replace(KEY_IDS[0]!, '0'.repeat(32)),
    'another time of destruction': signed(certificate).replace(`destroyed ${at(901)}`, `destroyed ${at(902)}`),
    'no signature': text,
    'the signature of another key': signed(certificate, otherKey),
    'the signature of another log': signed(certificate, otherLog),
    'the signature of another text': `${text}\n${signed({ ...certificate, purgedAt: null }).split('\n\n')[1]}`,
  };
  for (const [what, forged] of Object.entries(changed))
    it(`is refused with ${what}`, () => expect(() => verify(forged)).to.throw(CertificateFault));

  /** What the log itself cannot claim: each of these is signed by its key. */
  const claimed: Record<string, string> = {
    'a user of whom the event does not tell': signed({ ...certificate, userId: cleo }),
    'another actor than that of the event': signed({ ...certificate, erasedBy: cleo }),
    'another time than that of the event': signed({ ...certificate, erasedAt: at(899) }),
    'another key than those of the event': signed({ ...certificate, keyIds: ['f'.repeat(32)] }),
    'a key left out': signed({ ...certificate, keyIds: [] }),
    'an event that is not that of the leaf': signed({ ...certificate, event: eventOf({ note: 'x' }) }),
    'an event of another user in the stream': signed(otherEvent({ userId: cleo })),
    'a leaf that is in no tree': signed({ ...certificate, leaf: leafOf(eventOf(), { revision: 8 }) }),
    'the leaf of another type': signed(certifiedLog(leafOf(eventOf(), { type: 'SessionsEnded' })).certificate),
    'the leaf of another stream': signed(certifiedLog(leafOf(eventOf(), { streamId: `user-${cleo}` })).certificate),
    'another index': signed({ ...certificate, index: 24 }),
    'the proof of another leaf': signed({ ...certificate, inclusion: log.inclusion(24).proof }),
    'a proof cut short': signed({ ...certificate, inclusion: certificate.inclusion.slice(1) }),
    'another size': signed({ ...certificate, size: 29 }),
    'a checkpoint that another key signed': signed({ ...certificate, checkpoint: checkpointOf(log.head(), otherKey) }),
    'the checkpoint of another log': signed({ ...certificate, checkpoint: checkpointOf(log.head(), otherLog) }),
    'the checkpoint of another tree': signed({
      ...certificate,
      checkpoint: checkpointOf(certifiedLog(leafOf(eventOf()), 21).log.head()),
    }),
    'a log that did not grow out of the one before': signed({
      ...certificate,
      before: { checkpoint: checkpointOf({ size: 20, root: log.head().root }), consistency: log.consistency(20) },
    }),
    'no proof that it grew': signed({ ...certificate, before: { ...certificate.before!, consistency: [] } }),
    'an earlier checkpoint of behind the erasure': signed({
      ...certificate,
      before: { checkpoint: checkpointOf(log.head()), consistency: [] },
    }),
    'another name of the log': signed({ ...certificate, origin: 'example.org/other' }),
    'another header': signedText(text.replace('v1', 'v2')),
    'a line twice': signedText(text.replace(/^(user .*\n)/m, '$1$1')),
    'a line of its own': signedText(text.replace('size', 'note all is well\nsize')),
    'lines in another order': signedText(without('size').replace('log ', 'size 30\nlog ')),
    'no end': signedText(without('checkpoint')),
    'a size with a leading zero': signedText(withLine('size', '030')),
    'a leaf that is none': signedText(withLine('leaf', 'AAAA')),
    'a leaf in no base64': signedText(withLine('leaf', '*')),
    'an event that is no JSON': signedText(withLine('event', '{')),
  };
  for (const [what, forged] of Object.entries(claimed))
    it(`is refused with ${what}, though the log has signed it`, () =>
      expect(() => verify(forged)).to.throw(CertificateFault));

  it('says why', () => {
    expect(() => verify(claimed['another index']!))
      .to.throw(CertificateFault)
      .with.property('cause')
      .that.is.instanceOf(ProofFault);
    expect(() => verify(changed['no signature']!)).to.throw('the note has no signatures');
  });
});
