const TIME_DIGITS = 12;

/** Makes a UUIDv7: the time, then chance, so that ids sort by the time at which they were made. */
export const newUuid = (now: number, chance: Uint8Array): string => {
  const digits = [...chance.slice(0, 10)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const time = now.toString(16).padStart(TIME_DIGITS, '0');
  const variant = ((Number.parseInt(digits.charAt(3), 16) & 0x3) | 0x8).toString(16);
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${digits.slice(0, 3)}`,
    `${variant}${digits.slice(4, 7)}`,
    digits.slice(7, 19),
  ].join('-');
};
