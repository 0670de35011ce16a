/** Waits for work no longer than this. What is late goes on all the same: nobody waits for it any more, nor for its failure. */
export const answeredWithin = async <Answer>(
  milliseconds: number,
  work: Promise<Answer>,
  lateness: () => Error,
): Promise<Answer> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(lateness()), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
