import { expect } from 'chai';
import { fold } from '../../../src/domain/kernel/decider.js';
import type { FactOf } from '../../../src/domain/kernel/fact.js';
import { daysOf, distinctDays, MAX_RULES, retention } from '../../../src/domain/retention/decider.js';
import type { RetentionEvents } from '../../../src/domain/retention/events.js';
import { fact } from '../../support/events.js';
import { at, bob, conversationNumber } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const general = fact('RetentionSet');
const own = fact('RetentionSet', { conversationId: conversationNumber(1), days: 7 });
const cleared = fact('RetentionCleared');
const { given } = specOf(retention);

describe('SetRetention', () => {
  const set = (days: number | null, conversationId: (typeof own.data)['conversationId'] = null) =>
    ({ type: 'SetRetention', data: { conversationId, days, reason: 'Policy of 2026', by: bob, at: at(860) } }) as const;

  it('sets a rule for all', () => given().when(set(30)).thenEvents(general));
  it('sets a rule for one conversation', () =>
    given(general)
      .when(set(7, conversationNumber(1)))
      .thenEvents(own));
  it('has messages kept for ever again', () =>
    given(general)
      .when(set(null))
      .thenEvents(fact('RetentionSet', { days: null })));
  it('keeps those of one conversation for ever, whatever counts for all', () =>
    given(general)
      .when(set(null, conversationNumber(1)))
      .thenEvents(fact('RetentionSet', { conversationId: conversationNumber(1), days: null })));
  it('changes nothing where the rule is the same', () => given(general).when(set(30)).thenNothing());
  it('is refused once too many conversations have their own, but for these', () => {
    const many = Array.from({ length: MAX_RULES }, (_, n) =>
      fact('RetentionSet', { conversationId: conversationNumber(n + 1), days: 7 }),
    );
    given(...many)
      .when(set(7, conversationNumber(MAX_RULES + 1)))
      .thenRejected('retention_full');
    given(...many)
      .when(set(8, conversationNumber(1)))
      .thenEvents(fact('RetentionSet', { conversationId: conversationNumber(1), days: 8 }));
  });
});

describe('ClearRetention', () => {
  const clear = {
    type: 'ClearRetention',
    data: { conversationId: conversationNumber(1), reason: 'Policy of 2026', by: bob, at: at(870) },
  } as const;

  it('has the rule for all count again', () => given(general, own).when(clear).thenEvents(cleared));
  it('changes nothing where there is none', () => given(general).when(clear).thenNothing());
});

describe('The rules of retention', () => {
  const daysIn = (...facts: readonly FactOf<RetentionEvents>[]) =>
    [1, 2].map((n) => daysOf(fold(retention, facts), conversationNumber(n)));

  it('keep everything for ever without any', () => expect(daysIn()).to.deep.equal([null, null]));
  it('are those of the conversation first, then those for all', () => {
    expect(daysIn(general, own)).to.deep.equal([7, 30]);
    expect(daysIn(own)).to.deep.equal([7, null]);
    expect(daysIn(general, own, cleared)).to.deep.equal([30, 30]);
    expect(daysIn(general, fact('RetentionSet', { ...own.data, days: null }))).to.deep.equal([null, 30]);
  });
  it('name each number of days once', () =>
    expect(
      distinctDays(fold(retention, [general, own, fact('RetentionSet', { ...own.data, days: 30 })])),
    ).to.deep.equal([30]));
});
