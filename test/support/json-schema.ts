import { Ajv2020 } from 'ajv/dist/2020.js';

/** The parts of JSON Schema that the published contract uses. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly examples?: readonly unknown[];
}

const ajv = new Ajv2020({ strict: false, validateFormats: false });

/** Makes the check of a schema, as a program makes it that knows nothing but JSON Schema. */
export const checkOf = (schema: JsonSchema): ((value: unknown) => boolean) => {
  const validate = ajv.compile(schema);
  return (value) => validate(value);
};

/** Answers what is wrong with a value, as the same program says it; undefined where nothing is. */
export const faultOf = (schema: JsonSchema, value: unknown): string | undefined =>
  ajv.validate(schema, value) ? undefined : ajv.errorsText();
