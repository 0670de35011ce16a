import type { ProjectionGenerations } from '../../src/application/ports/projection-generations.js';

/** Makes generations whose node dies after this many steps: each call of a port is a step, and so is its answer. */
export const mortalGenerations = (generations: ProjectionGenerations, steps: number, die: () => void) => {
  let left = steps;
  const step = (): void => {
    if (left === 0) {
      die();
      throw new Error('the node was killed');
    }
    left -= 1;
  };
  const isPort = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && ['acquire', 'begin', 'compare'].some((name) => name in value);
  const mortalAll = (values: readonly unknown[]) => values.map((each) => (isPort(each) ? mortal(each) : each));
  /** Wraps a function that is passed in, so that it is called with wrapped ports. */
  const mortalArgument = (given: unknown): unknown =>
    typeof given === 'function'
      ? (...inner: unknown[]): unknown => Reflect.apply(given, undefined, mortalAll(inner))
      : given;
  const mortal = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return isPort(value) ? mortal(value) : value;
        return (...given: unknown[]): unknown => {
          if (name !== 'isTransient') step();
          const answer: unknown = Reflect.apply(value, target, given.map(mortalArgument));
          if (!(answer instanceof Promise)) return isPort(answer) ? mortal(answer) : answer;
          return answer.then((result: unknown) => {
            step();
            return result;
          });
        };
      },
    });
  return mortal(generations);
};
