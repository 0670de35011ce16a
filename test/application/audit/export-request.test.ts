import { expect } from 'chai';
import { stretchToExport, type ExportQuery } from '../../../src/application/audit/export-request.js';
import { findEvents } from '../../../src/application/audit/find-events.js';
import type { AuditedEvent, AuditedLog } from '../../../src/application/ports/audited-log.js';
import type { AuditIndex } from '../../../src/application/ports/audit-index.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { at, positionOf } from '../../support/ids.js';
import { refusalOf } from '../kernel/refusal.js';

/** A log of events that were recorded one second after another, but for the fifth, which has the time of the first. */
const find = (size: number) => {
  const events = Array.from({ length: size }, (_, n) => ({
    position: positionOf(n + 1),
    recordedAt: at(n === 4 ? 0 : n),
  })) as unknown as AuditedEvent[];
  const log: Partial<AuditedLog> = {
    first: async ({ after, upTo }, limit) => events.slice(Number(after), Math.min(Number(upTo), Number(after) + limit)),
  };
  const index: Partial<AuditIndex> = { reached: async () => LOG_START };
  return findEvents({ log: log as AuditedLog, index: index as AuditIndex });
};

const asked = (query: ExportQuery, size = 20) => stretchToExport(find(size), query, positionOf(size));

describe('The stretch that is exported', () => {
  it('is that of positions, as far as the log goes', async () => {
    for (const [query, after, upTo] of [
      [{}, 0, 20],
      [{ after: positionOf(3) }, 3, 20],
      [{ before: positionOf(9) }, 0, 8],
      [{ after: positionOf(3), before: positionOf(99) }, 3, 20],
    ] as const)
      expect(await asked(query)).to.deep.equal({
        stretch: { after: positionOf(after), upTo: positionOf(upTo) },
        end: positionOf(upTo),
      });
  });

  it('is that from the first to the last event of a time, whatever stands between', async () => {
    const { stretch } = await asked({ from: at(0), to: at(3) });
    expect(stretch).to.deep.equal({ after: positionOf(0), upTo: positionOf(5) });
    expect((await asked({ from: at(6) })).stretch).to.deep.equal({ after: positionOf(6), upTo: positionOf(20) });
    expect((await asked({ to: at(2), after: positionOf(1) })).stretch).to.deep.equal({
      after: positionOf(1),
      upTo: positionOf(5),
    });
  });

  it('goes on where a part has ended, and up to where the log ended then', async () => {
    const next = { stretch: { after: positionOf(5), upTo: positionOf(15) }, end: positionOf(15) };
    expect(await asked({ cursor: 'e5-15' })).to.deep.equal(next);
    const ofTime = await asked({ cursor: 'e5-15', from: at(0) });
    expect(ofTime).to.deep.equal(next);
  });

  it('never leads out of what is asked for', async () => {
    const { stretch } = await asked({ after: positionOf(5), before: positionOf(11), cursor: 'e0-99' });
    expect(stretch).to.deep.equal({ after: positionOf(5), upTo: positionOf(10) });
  });

  it('goes on to the end of a time that is longer than a bundle', async () => {
    const size = 12_000;
    const { stretch, end } = await asked({ from: at(0) }, size);
    expect(Number(stretch.upTo)).to.be.within(10_001, size);
    expect(end).to.equal(positionOf(size));
  });

  it('is refused where it goes backwards or a time has no event', async () => {
    expect(await refusalOf(asked({ after: positionOf(9), before: positionOf(9) }))).to.equal('audit_range_backwards');
    expect(await refusalOf(asked({ from: at(9), to: at(8) }))).to.equal('audit_range_backwards');
    expect(await refusalOf(asked({ from: at(900) }))).to.equal('audit_export_empty');
  });
});
