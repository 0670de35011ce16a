/** The log and the tree do not fit each other, or an event has no leaf. The message says what was found, and where. */
export class TreeFault extends Error {
  override readonly name = 'TreeFault';
}
