import { z } from 'zod';

const hasLength = (value: string, min: number, max: number): boolean => {
  if (value.length < min || value.length > 2 * max) return false;
  const { length } = [...value];
  return length >= min && length <= max;
};

/**
 * Makes the schema of a text of so many characters. They are counted as JSON Schema counts them, where an emoji beyond
 * the 16 bits of JavaScript is one and not two.
 */
export const characters = (min: number, max: number) =>
  z
    .string()
    .refine((value) => hasLength(value, min, max), `takes ${min} to ${max} characters`)
    .meta({ minLength: min, maxLength: max });
