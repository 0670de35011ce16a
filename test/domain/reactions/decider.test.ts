import { reaction, type ReactionCommands } from '../../../src/domain/reactions/decider.js';
import { fact } from '../../support/events.js';
import { specOf } from '../../support/spec-of.js';

const { given } = specOf(reaction);
const added = fact('ReactionAdded');
const removed = fact('ReactionRemoved');
const { userId: by, addedAt, ...about } = added.data;
const { removedAt } = removed.data;

describe('AddReaction', () => {
  const add = (changes: Partial<ReactionCommands['AddReaction']> = {}) =>
    ({ type: 'AddReaction', data: { ...about, by, at: addedAt, ...changes } }) as const;

  it('records the emoji', () => given().when(add()).thenEvents(added));
  it('records another one beside it, also one that differs by its skin tone alone', () => {
    for (const emoji of ['🎉', '👍🏽']) given(added).when(add({ emoji })).thenEvents(fact('ReactionAdded', { emoji }));
  });
  it('changes nothing where the user reacts so already', () => given(added).when(add()).thenNothing());
  it('records it again where it was taken back', () => given(added, removed).when(add()).thenEvents(added));
});

describe('RemoveReaction', () => {
  const remove = (changes: Partial<ReactionCommands['RemoveReaction']> = {}) =>
    ({ type: 'RemoveReaction', data: { ...about, by, at: removedAt, ...changes } }) as const;

  it('records that it was taken back', () => given(added).when(remove()).thenEvents(removed));
  it('changes nothing where there is none', () => {
    given().when(remove()).thenNothing();
    given(added, removed).when(remove()).thenNothing();
    given(added)
      .when(remove({ emoji: '🎉' }))
      .thenNothing();
  });
});
