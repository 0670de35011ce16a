import { expect } from 'chai';
import { holds, isHeld, MAX_HOLDS, type HoldSubject } from '../../../src/domain/holds/decider.js';
import { fold } from '../../../src/domain/kernel/decider.js';
import { fact } from '../../support/events.js';
import { ada, at, bob, cleo, conversationNumber, userNumber } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const onAda: HoldSubject = { userId: ada, conversationId: null };
const onTalk: HoldSubject = { userId: null, conversationId: conversationNumber(1) };
const placed = fact('HoldPlaced');
const lifted = fact('HoldLifted');
const other = fact('HoldPlaced', { matter: '2026-18', placedBy: cleo });
const given1 = { matter: '2026-17', reason: 'Complaint 2026-17' };

describe('PlaceHold', () => {
  const { given } = specOf(holds);
  const place = (subject: HoldSubject = onAda, more = {}) =>
    ({ type: 'PlaceHold', data: { subject, ...given1, by: bob, at: at(800), ...more } }) as const;

  it('holds a user', () => given().when(place()).thenEvents(placed));
  it('holds a conversation', () =>
    given()
      .when(place(onTalk))
      .thenEvents(fact('HoldPlaced', { userId: null, conversationId: conversationNumber(1) })));
  it('changes nothing for the same matter, whoever comes with whatever reason', () =>
    given(placed)
      .when(place(onAda, { by: cleo, reason: 'another one' }))
      .thenNothing());
  it('holds for each matter by itself', () =>
    given(placed)
      .when(place(onAda, { matter: '2026-18', by: cleo }))
      .thenEvents(other));
  it('holds again what was lifted', () => given(placed, lifted).when(place()).thenEvents(placed));
  it('is refused once there are too many', () => {
    const many = Array.from({ length: MAX_HOLDS }, (_, n) => fact('HoldPlaced', { userId: userNumber(n + 100) }));
    given(...many)
      .when(place())
      .thenRejected('holds_full');
  });
});

describe('LiftHold', () => {
  const { given } = specOf(holds);
  const lift = (by = bob, matter = '2026-17') =>
    ({ type: 'LiftHold', data: { subject: onAda, ...given1, matter, by, at: at(850) } }) as const;

  it('lifts the hold of the matter', () => given(placed).when(lift()).thenEvents(lifted));
  it('lifts what another auditor has placed', () =>
    given(placed)
      .when(lift(cleo))
      .thenEvents(fact('HoldLifted', { liftedBy: cleo })));
  it('changes nothing where there is none of the matter', () => {
    given().when(lift()).thenNothing();
    given(placed).when(lift(bob, '2026-18')).thenNothing();
  });
  it('is refused to whom it holds, also where nothing stands', () => {
    given(placed).when(lift(ada)).thenRejected('own_hold');
    given().when(lift(ada)).thenRejected('own_hold');
  });
});

describe('A hold', () => {
  it('stands until that of the last matter is lifted', () => {
    expect(isHeld(fold(holds, [placed, other, lifted]), ada)).to.equal(true);
    expect(isHeld(fold(holds, [placed, other, lifted, fact('HoldLifted', { matter: '2026-18' })]), ada)).to.equal(
      false,
    );
  });
  it('is on nobody else', () => {
    expect(isHeld(fold(holds, [placed]), bob)).to.equal(false);
    expect(isHeld(fold(holds, [placed]), conversationNumber(1))).to.equal(false);
  });
});
