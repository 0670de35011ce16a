/** Carries out requests one after another, and the next of them while the answer to one is being used. */
export async function* readAhead<Request, Answer>(
  requests: readonly Request[],
  read: (request: Request) => Promise<Answer>,
): AsyncGenerator<Answer> {
  const begin = (request: Request): Promise<Answer> => {
    const reading = read(request);
    reading.catch(() => undefined); // Whoever takes the answer is told.
    return reading;
  };
  const [first, ...others] = requests;
  let ahead = first === undefined ? undefined : begin(first);
  for (let n = 0; ahead; n += 1) {
    const answer = await ahead;
    const next = others[n];
    ahead = next === undefined ? undefined : begin(next);
    yield answer;
  }
}
