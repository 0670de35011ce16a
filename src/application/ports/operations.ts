/** The state of each part of the service. */
export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly detail?: string }>>;
}

/** What operators and their tools ask of a running server. */
export interface Operations {
  /** Asks no store: it answers from the latest check. */
  readiness(): ReadinessReport;
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
}
