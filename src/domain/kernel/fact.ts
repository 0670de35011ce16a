/** Event names and their payloads. A type alias, not an interface, so that it has an index signature. */
export type EventMap = Record<string, object>;

/** Command names and their payloads. */
export type CommandMap = Record<string, object>;

/** One event as the domain sees it: a name in the past tense and what a reader needs. */
export type FactOf<Events extends EventMap> = {
  [Type in keyof Events & string]: { readonly type: Type; readonly data: Events[Type] };
}[keyof Events & string];

/** One command: a name in the imperative and its input. */
export type CommandOf<Commands extends CommandMap> = {
  [Type in keyof Commands & string]: { readonly type: Type; readonly data: Commands[Type] };
}[keyof Commands & string];
