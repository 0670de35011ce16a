import { preferences, type PreferencesCommands } from '../../../src/domain/preferences/decider.js';
import { fact } from '../../support/events.js';
import { specOf } from '../../support/spec-of.js';

const { given } = specOf(preferences);
const muted = fact('PreferencesChanged');
const { conversationId, userId: by, changedAt: at } = muted.data;

describe('ChangePreferences', () => {
  const change = (changes: PreferencesCommands['ChangePreferences']['changes']) =>
    ({ type: 'ChangePreferences', data: { conversationId, changes, by, at } }) as const;

  it('records all preferences, those that stay as they are too', () => {
    given()
      .when(change({ muted: true }))
      .thenEvents(muted);
    given(muted)
      .when(change({ archived: true, pinned: true }))
      .thenEvents(fact('PreferencesChanged', { archived: true, pinned: true }));
  });
  for (const field of ['muted', 'archived', 'pinned'] as const)
    it(`records a change of one of them alone: ${field}`, () =>
      given()
        .when(change({ [field]: true }))
        .thenEvents(fact('PreferencesChanged', { muted: false, [field]: true })));
  it('changes nothing where they are so', () => {
    given().when(change({})).thenNothing();
    given()
      .when(change({ muted: false, archived: false, pinned: false }))
      .thenNothing();
    given(muted)
      .when(change({ muted: true }))
      .thenNothing();
  });
});
