const LONGEST = 200;

const CONTROL = /[\p{Cc}\p{Cf}]/gu;

/** Writes a value on one line. What would move the cursor of a terminal is written as its code. */
export const written = (value: unknown): string => {
  const text = (JSON.stringify(value) as string | undefined) ?? 'nothing';
  const safe = text.replace(CONTROL, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}…` : safe;
};
