/** Answers patterns of the numbers up to a limit, written with as many digits as it has, or fewer. */
export const numbersUpTo = (limit: string): string[] => {
  const lower = [...limit].flatMap((digit, index) =>
    digit === '0' ? [] : [`${limit.slice(0, index)}[0-${Number(digit) - 1}]\\d{${limit.length - index - 1}}`],
  );
  return [`\\d{1,${limit.length - 1}}`, ...lower, limit];
};
