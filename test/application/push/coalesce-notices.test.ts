import { expect } from 'chai';
import { coalesceNotices } from '../../../src/application/push/coalesce-notices.js';
import type { Notice } from '../../../src/application/push/notice.js';
import { noticesOf } from '../../../src/application/push/pushed-events.js';
import { LOG_START } from '../../../src/domain/kernel/position.js';
import { fact } from '../../support/events.js';
import { added, group, otherGroup, promoted, read, removed, renamed, sent } from '../../support/group-facts.js';
import { ada, at, bob, cleo, eve } from '../../support/ids.js';
import { recorded } from '../../support/projections.js';

const elsewhere = fact('ConversationRenamed', { conversationId: otherGroup, title: 'Mills' });

const noticed = (...facts: Parameters<typeof recorded>[0]): Notice[] =>
  noticesOf({ events: recorded(facts), after: LOG_START });

const placesOf = (notices: readonly Notice[]) =>
  notices.map((notice) => [
    notice.kind === 'conversation' ? notice.change : notice.kind,
    'position' in notice ? notice.position : undefined,
  ]);

describe('Coalesced notices', () => {
  it('are one where several join, leave or have another role: at the first, with all of them', () => {
    const joining = coalesceNotices(noticed(added(bob), added(cleo), added(eve)));
    const nobody = { joining: [], roles: [], leaving: [] };
    const change = { kind: 'conversation', position: '1', conversationId: group };
    const members = [bob, cleo, eve].map((userId) => ({ userId, role: 'member', joinedAt: at(20) }));
    expect(joining).to.deep.equal([{ ...change, ...nobody, change: 'member_added', joining: members }]);
    const roles = [bob, cleo].map((userId) => ({ userId, role: 'admin' }));
    expect(coalesceNotices(noticed(promoted(bob), promoted(cleo)))).to.deep.equal([
      { ...change, ...nobody, change: 'role_changed', roles },
    ]);
    expect(coalesceNotices(noticed(removed(bob), removed(cleo)))).to.deep.equal([
      {
        ...change,
        ...nobody,
        change: 'member_removed',
        leaving: [
          { userId: bob, position: '1' },
          { userId: cleo, position: '2' },
        ],
      },
    ]);
  });

  it('change nothing of what they are made from', () => {
    const [first, second] = [noticed(added(bob), added(cleo)), noticed(added(bob), added(cleo))];
    coalesceNotices(first);
    expect(first).to.deep.equal(second);
  });

  const apart: Readonly<Record<string, readonly ReturnType<typeof fact>[]>> = {
    'a message': [sent(1)],
    reading: [read(1, ada)],
    'a change of another kind': [renamed('Looms')],
  };
  for (const [what, between] of Object.entries(apart))
    it(`are apart where ${what} comes between them`, () => {
      const notices = noticed(added(bob), ...between, added(cleo));
      expect(coalesceNotices(notices)).to.deep.equal(notices);
    });

  const together: Readonly<Record<string, ReturnType<typeof fact>>> = {
    'a message of another conversation': sent(1, otherGroup),
    'a change of another conversation': elsewhere,
    'another profile': fact('ProfileChanged'),
    'other settings': fact('SettingsChanged'),
  };
  for (const [what, between] of Object.entries(together))
    it(`are one though ${what} comes between them`, () => {
      const notices = noticed(renamed('Looms'), between, renamed('Gears'));
      expect(coalesceNotices(notices)).to.deep.equal(notices.slice(0, 2));
    });

  it('are one a conversation, where those of two alternate, and begin anew behind what kept them apart', () => {
    const notices = noticed(renamed('a'), elsewhere, renamed('b'), elsewhere, sent(1), renamed('c'), renamed('d'));
    expect(placesOf(coalesceNotices(notices))).to.deep.equal([
      ['renamed', '1'],
      ['renamed', '2'],
      ['message.sent', '5'],
      ['renamed', '6'],
    ]);
  });

  it('are all messages, all reading, all profiles and all settings, each as it is', () => {
    const [profile, settings] = [fact('ProfileChanged'), fact('SettingsChanged')];
    const notices = noticed(sent(1), sent(2), read(1, bob), read(2, bob), profile, profile, settings, settings);
    expect(coalesceNotices(notices)).to.deep.equal(notices);
  });
});
