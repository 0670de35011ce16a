import type { MessagesTables } from '../../application/projections/messages-tables.js';
import { KnownRows } from './known-rows.js';

/** The rows of the `messages` projection as far as they are known. */
export type KnownTables = {
  readonly [Table in keyof MessagesTables]: MessagesTables[Table] extends Map<string, infer Row>
    ? KnownRows<Row>
    : never;
};

export const knownTables = (): KnownTables => ({
  conversations: new KnownRows(),
  members: new KnownRows(),
  messages: new KnownRows(),
  reactions: new KnownRows(),
  pins: new KnownRows(),
  preferences: new KnownRows(),
  reads: new KnownRows(),
  deliveries: new KnownRows(),
  changes: new KnownRows(),
  erased: new KnownRows(),
});
