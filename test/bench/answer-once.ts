/** Makes this process answer the message that it is given. Where nothing keeps it, its parent ends it. */
export const answerOnce = <Given, Answer extends object>(work: (given: Given) => Promise<Answer>): void => {
  process.once('message', (given: Given) => {
    work(given).then(
      (answer) => process.send?.(answer),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
};
