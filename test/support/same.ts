/** Makes of each what it is. */
export const same = <Value>(value: Value): Value => value;
