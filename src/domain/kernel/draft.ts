type OwnCollection<Value> =
  Value extends ReadonlyMap<infer Key, infer Item>
    ? Map<Key, Item>
    : Value extends ReadonlySet<infer Item>
      ? Set<Item>
      : Value extends readonly (infer Item)[]
        ? Item[]
        : Value;

/** A state that belongs to one fold: its fields and its collections may be changed in place, what lies deeper may not. */
export type Draft<State> = State extends object ? { -readonly [Key in keyof State]: OwnCollection<State[Key]> } : State;

const ownCollection = (value: unknown): unknown => {
  if (value instanceof Set) return new Set(value);
  if (value instanceof Map) return new Map(value);
  return Array.isArray(value) ? [...(value as unknown[])] : value;
};

/** Copies a state, and each of its collections. */
export const draftOf = <State>(state: State): Draft<State> =>
  Object.fromEntries(
    Object.entries(state as object).map(([key, value]) => [key, ownCollection(value)]),
  ) as Draft<State>;
