import type { Finding } from '../../application/ports/finding.js';

/** What a check found out, without its name. */
export type Outcome = Omit<Finding, 'check'>;
export type Check = () => Promise<Outcome>;

export const ok = (detail: string): Outcome => ({ status: 'ok', detail });
export const warning = (detail: string, advice: string): Outcome => ({ status: 'warning', detail, advice });
export const failure = (detail: string, advice: string): Outcome => ({ status: 'failure', detail, advice });

/** Carries out a check; one that fails is a finding too. */
export const finding = async (check: string, work: Check): Promise<Finding> => {
  try {
    return { check, ...(await work()) };
  } catch (error) {
    const detail = error instanceof AggregateError ? (error.errors as Error[])[0]?.message : (error as Error).message;
    return { check, status: 'failure', detail: detail ?? String(error) };
  }
};
