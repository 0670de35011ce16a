import { expect } from 'chai';
import { decide, fold, type Decider } from '../../src/domain/kernel/decider.js';
import type { CommandMap, CommandOf, EventMap, FactOf } from '../../src/domain/kernel/fact.js';
import { Rejection, type RejectionCode } from '../../src/domain/kernel/rejections.js';

/**
 * The effect of the same command on the state that it led to. It mostly decides nothing; a line in the test says where
 * that differs.
 */
export type Repetition = 'decides nothing' | 'decides again' | RejectionCode;

const rejectionOf = (decision: () => unknown): RejectionCode | undefined => {
  try {
    decision();
    return undefined;
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
};

/** Makes tests of a decider: given these facts, when this command comes, then those facts follow, or a refusal. */
export const specOf = <Commands extends CommandMap, Events extends EventMap, State>(
  decider: Decider<Commands, Events, State>,
) => {
  type Fact = FactOf<Events>;

  const expectRepetition = (command: CommandOf<Commands>, facts: readonly Fact[], repetition: Repetition) => {
    const again = () => decide(decider, command, fold(decider, facts));
    if (repetition === 'decides nothing') expect(again(), 'the same command again').to.deep.equal([]);
    else if (repetition === 'decides again')
      expect(again(), 'the same command again').to.be.an('array').that.is.not.empty;
    else expect(rejectionOf(again), 'the same command again').to.equal(repetition);
  };

  const when = (history: readonly Fact[], command: CommandOf<Commands>, repetition: Repetition) => {
    const decision = () => decide(decider, command, fold(decider, history));
    return {
      /** Says that the same command, when it is repeated, has this other effect. */
      repeated: (other: Exclude<Repetition, 'decides nothing'>) => when(history, command, other),
      thenEvents: (first: Fact, ...more: readonly Fact[]) => {
        const decided = decision();
        expect(decided).to.deep.equal([first, ...more]);
        expectRepetition(command, [...history, ...decided], repetition);
      },
      thenNothing: () => expect(decision()).to.deep.equal([]),
      thenRejected: (code: RejectionCode) => expect(rejectionOf(decision)).to.equal(code),
    };
  };

  return {
    given: (...history: readonly Fact[]) => ({
      when: (command: CommandOf<Commands>) => when(history, command, 'decides nothing'),
    }),
  };
};
