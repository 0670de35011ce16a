import { expect } from 'chai';
import fc from 'fast-check';
import { EncodingFault } from '../../../src/domain/audit/bytes.js';
import { decodeLeaf } from '../../../src/domain/audit/decode-leaf.js';
import { encodeLeaf, hashEvent, type LeafEvent } from '../../../src/domain/audit/leaf.js';
import { hashLeaf } from '../../../src/domain/audit/merkle-tree.js';
import { sha256 } from '../../support/audit-crypto.js';

const event: LeafEvent = {
  position: '258',
  streamId: 'message-ä',
  revision: 3,
  eventId: '01890a5d-ac96-774b-bcce-b302099a8057',
  type: 'MessageSent',
  schemaVersion: 2,
  data: Buffer.from('{}'),
  metadata: Buffer.from('{"a":1}'),
};

const hex = (value: LeafEvent): string => Buffer.from(encodeLeaf(sha256, value)).toString('hex');

/** Stored for ever: a leaf that is encoded otherwise is another one to every proof there is. */
describe('a leaf', () => {
  it('is encoded as documented', () => {
    expect(hex(event)).to.equal(
      [
        Buffer.from('chatapp-event/v1\n').toString('hex'),
        '0000000000000102',
        '0000000000000003',
        '00000002',
        '01890a5dac96774bbcceb302099a8057',
        '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
        '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862',
        `000a${Buffer.from('message-ä').toString('hex')}`,
        `000b${Buffer.from('MessageSent').toString('hex')}`,
      ].join(''),
    );
  });

  it('holds a position of every log', () => {
    expect(hex({ ...event, position: '18446744073709551615' })).to.include('0affffffffffffffff0000');
  });

  const others: Record<string, Partial<LeafEvent>> = {
    position: { position: '259' },
    stream: { streamId: 'message-b' },
    revision: { revision: 4 },
    'event id': { eventId: '01890a5d-ac96-774b-bcce-b302099a8058' },
    type: { type: 'MessageEdited' },
    'schema version': { schemaVersion: 1 },
    data: { data: Buffer.from('{ }') },
    metadata: { metadata: Buffer.from('{"a":2}') },
    'bytes between stream and type': { streamId: 'message-äM', type: 'essageSent' },
    'bytes between data and metadata': { data: Buffer.from('{}{'), metadata: Buffer.from('"a":1}') },
  };
  for (const [name, other] of Object.entries(others))
    it(`is another one with other ${name}`, () => {
      expect(hex({ ...event, ...other })).not.to.equal(hex(event));
    });

  const refused: Record<string, [Partial<LeafEvent>, typeof RangeError | typeof EncodingFault]> = {
    'a position beyond 64 bits': [{ position: '18446744073709551616' }, RangeError],
    'a negative revision': [{ revision: -1 }, RangeError],
    'a stream beyond two bytes of length': [{ streamId: 'x'.repeat(65_536) }, RangeError],
    'half a surrogate pair': [{ streamId: '\ud800' }, EncodingFault],
    'an id that is no UUID': [{ eventId: 'xyz' }, EncodingFault],
    'an id that is too short': [{ eventId: '01890a5d-ac96-774b-bcce-b302099a80' }, RangeError],
    'an id that is too long': [{ eventId: '01890a5d-ac96-774b-bcce-b302099a805700' }, RangeError],
    'an id with a digit too few': [{ eventId: '01890a5d-ac96-774b-bcce-b302099a805' }, RangeError],
    'an id in capitals': [{ eventId: '01890A5D-ac96-774b-bcce-b302099a8057' }, EncodingFault],
    'a position that is no number': [{ position: '-1' }, RangeError],
    'an empty position': [{ position: '' }, RangeError],
    'a schema version beyond four bytes': [{ schemaVersion: 2 ** 32 }, RangeError],
  };
  for (const [name, [other, fault]] of Object.entries(refused))
    it(`is not made of ${name}`, () => {
      expect(() => hex({ ...event, ...other })).to.throw(fault);
    });

  const anyEvent = fc.record({
    position: fc.oneof(fc.nat().map(String), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)),
    streamId: fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constant('ä'.repeat(5_000))),
    revision: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    eventId: fc.uuid(),
    type: fc.string({ unit: 'grapheme' }),
    schemaVersion: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    data: fc.uint8Array(),
    metadata: fc.uint8Array(),
  });

  it('says what the event is, whatever leaf was made before', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 4 }), (several) => {
        const leaves = several.map((each) => encodeLeaf(sha256, each));
        for (const [n, { data, metadata, ...known }] of several.entries())
          expect(decodeLeaf(leaves[n]!)).to.deep.equal({
            ...known,
            dataHash: Uint8Array.from(sha256(data)),
            metadataHash: Uint8Array.from(sha256(metadata)),
          });
      }),
    );
  });

  it('is hashed at once as it is when it was encoded before', () => {
    fc.assert(
      fc.property(anyEvent, (each) => {
        expect(hashEvent(sha256, each)).to.deep.equal(hashLeaf(sha256, encodeLeaf(sha256, each)));
      }),
    );
  });
});
