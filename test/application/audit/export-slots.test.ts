import { expect } from 'chai';
import { exportSlots, ExportsOverloadedError } from '../../../src/application/audit/export-slots.js';
import type { UserId } from '../../../src/domain/kernel/ids.js';
import { ada } from '../../support/ids.js';

describe('The places for exports', () => {
  const userNumber = (n: number) => `user-${n}` as UserId;

  it('are two for each auditor, and are given back once an export has ended', () => {
    const take = exportSlots();
    const running = [new AbortController(), new AbortController(), new AbortController()];
    take(ada, running[0]!.signal);
    take(ada, running[1]!.signal);
    expect(() => take(ada, running[2]!.signal)).to.throw('Two exports of yours are under way');
    expect(() => take(null, new AbortController().signal)).not.to.throw();
    running[0]!.abort();
    running[0]!.abort();
    take(ada, running[2]!.signal);
    expect(() => take(ada, new AbortController().signal)).to.throw('Two exports of yours are under way');
  });

  it('are sixteen for all together', () => {
    const take = exportSlots();
    const running = Array.from({ length: 16 }, () => new AbortController());
    running.forEach(({ signal }, n) => take(userNumber(Math.floor(n / 2)), signal));
    expect(() => take(ada, new AbortController().signal)).to.throw(ExportsOverloadedError);
    running[3]!.abort();
    expect(() => take(ada, new AbortController().signal)).not.to.throw();
  });
});
