import { expect } from 'chai';
import type { NewEvent } from '../../../src/application/ports/event-store.js';
import { streamOf, type EventId } from '../../../src/domain/kernel/ids.js';
import { groupParameters } from '../../../src/infrastructure/event-store/postgres/group-parameters.js';
import type { PendingAppend } from '../../../src/infrastructure/event-store/postgres/pending-append.js';
import type { PreparedTouch } from '../../../src/infrastructure/event-store/prepared-append.js';
import { eventNumbered } from '../../support/test-codec.js';

const prepared = (eventId: string, type: string, [data, metadata]: readonly [string, string]) => ({
  event: { ...eventNumbered(0), eventId: eventId as EventId, type } satisfies NewEvent,
  encoded: {
    schemaVersion: eventId.length,
    data: Buffer.from(data),
    metadata: Buffer.from(metadata),
    decoded: eventNumbered(0),
  },
});

const pending = (...touches: readonly PreparedTouch[]): PendingAppend => ({
  touches,
  events: touches.flatMap(({ events }) => events),
  bytes: 0,
  giveUpAt: 0,
  resolve: () => undefined,
  reject: () => undefined,
});

describe('groupParameters', () => {
  it('gives one array a column, and all bytes in one, cut by offsets that count from 1', () => {
    const group = [
      pending(
        {
          streamId: streamOf('thing', 'a'),
          expected: 7,
          events: [prepared('1', 'A', ['xy', 'z']), prepared('22', 'B', ['', '😀'])],
        },
        { streamId: streamOf('thing', 'read'), expected: 'stream exists', events: [] },
      ),
      pending(
        { streamId: streamOf('thing', 'b'), expected: 'any', events: [prepared('333', 'C', ['1', '23'])] },
        { streamId: streamOf('thing', 'c'), expected: 'no stream', events: [prepared('4444', 'D', ['4', '5'])] },
      ),
    ];
    expect(groupParameters(group)).to.deep.equal([
      '{1,1,2,2}',
      '{"thing-a","thing-read","thing-b","thing-c"}',
      '{7,-2,-3,-1}',
      '{2,0,1,1}',
      '{1,1,2,2}',
      '{1,1,3,4}',
      '{0,1,0,0}',
      '{"thing-a","thing-a","thing-b","thing-c"}',
      '{1,22,333,4444}',
      '{"A","B","C","D"}',
      '{1,2,3,4}',
      '{1,4,8,11}',
      '{3,4,9,12}',
      '{4,8,11,13}',
      Buffer.from('xyz😀12345'),
    ]);
  });

  it('quotes whatever a name holds', () => {
    const streamId = streamOf('thing', 'a"b\\c"{,}');
    const parameters = groupParameters([
      pending({ streamId, expected: 'any', events: [prepared('1', 'T"\\', ['', ''])] }),
    ]);
    expect(parameters[1]).to.equal('{"thing-a\\"b\\\\c\\"{,}"}');
    expect(parameters[7]).to.equal(parameters[1]);
    expect(parameters[9]).to.equal('{"T\\"\\\\"}');
  });
});
