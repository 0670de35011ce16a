/** What a run measures with, where it is not told otherwise; not every benchmark has each of them. */
export interface Sizes {
  readonly sockets?: number;
  readonly messages?: number;
  readonly seconds?: number;
  readonly events?: number;
  readonly rounds?: number;
  readonly mebibytes?: number;
}
