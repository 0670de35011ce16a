/** The result of one check of the installation. */
export interface Finding {
  readonly check: string;
  readonly status: 'ok' | 'warning' | 'failure';
  readonly detail: string;
  /** What to do, where there is something to do. */
  readonly advice?: string;
}
