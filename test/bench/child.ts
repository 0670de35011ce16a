import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A program of this folder in a process of its own, which has answered. */
export interface Child<Answer> {
  readonly answer: Answer;
  end(): void;
}

/** Starts a program, gives it one message, and waits for its answer. It goes on until it is ended. */
export const startChild = async <Answer>(program: string, given: object): Promise<Child<Answer>> => {
  const child = fork(new URL(program, import.meta.url), {
    execArgv: ['--max-semi-space-size=64', '--import', 'tsx'],
    serialization: 'advanced',
  });
  const end = () => void child.kill();
  try {
    child.send(given);
    const ended = once(child, 'exit').then(() => [{ error: `${program} has ended` }]);
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as [Answer | { error: string }];
    if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new Error(answer.error);
    return { answer, end };
  } catch (error) {
    end();
    throw error;
  }
};

/** Runs a program in a process of its own until it has answered. */
export const inChild = async <Answer>(program: string, given: object): Promise<Answer> => {
  const { answer, end } = await startChild<Answer>(program, given);
  end();
  return answer;
};
