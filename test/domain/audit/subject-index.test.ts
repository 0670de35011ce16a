import { subjectIndex } from '../../../src/domain/audit/decider.js';
import { STRETCH_LEAVES } from '../../../src/domain/audit/subject-tree.js';
import { at } from '../../support/ids.js';
import { specOf } from '../../support/spec-of.js';

const index = (begin: number, end: number) => ({ begin, end, root: 'cm9vdA==', subjects: 3 });
const indexing = (begin: number, end: number) =>
  ({ type: 'IndexSubjects', data: { ...index(begin, end), at: at(1) } }) as const;
const indexed = (begin: number, end: number) =>
  ({ type: 'SubjectsIndexed', data: { ...index(begin, end), indexedAt: at(1) } }) as const;

describe('IndexSubjects', () => {
  const { given } = specOf(subjectIndex);

  it('records the index of the first leaves', () => given().when(indexing(0, 10)).thenEvents(indexed(0, 10)));
  it('replaces one that is not full by one of more leaves', () =>
    given(indexed(0, 10)).when(indexing(0, 20)).thenEvents(indexed(0, 20)));
  it('goes on behind one that is full', () =>
    given(indexed(0, STRETCH_LEAVES))
      .when(indexing(STRETCH_LEAVES, STRETCH_LEAVES + 1))
      .thenEvents(indexed(STRETCH_LEAVES, STRETCH_LEAVES + 1)));

  for (const [begin, end] of [
    [0, 10],
    [0, 5],
    [10, 20],
    [0, STRETCH_LEAVES + 1],
  ] as const)
    it(`records nothing of leaves ${begin} to ${end} behind 10 that are indexed`, () =>
      given(indexed(0, 10)).when(indexing(begin, end)).thenNothing());
});
