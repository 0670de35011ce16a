const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Says whether a value from outside has the form of an identifier. */
export const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value);
