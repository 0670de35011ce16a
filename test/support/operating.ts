import { expect } from 'chai';
import { call, type Call } from './call.js';
import { eventually } from './eventually.js';
import type { SignedUp } from './signed-up.js';
import type { Target } from './target.js';

/** What operators see of something that was done with a projection. */
export interface SeenMaintenance {
  readonly maintenanceId: string;
  readonly kind: string;
  readonly end: string | null;
  readonly result: Record<string, unknown> | null;
  readonly problem: string | null;
  readonly startedBy: string;
  readonly cancelledBy: string | null;
}

/** Calls as an operator, with a reason. */
export const operating =
  (target: Target, { accessToken: token }: SignedUp) =>
  (method: string, path: string, more: Call = {}) =>
    call(target, method, `/ops/v1/projections${path}`, {
      token,
      headers: { 'x-audit-reason': 'Searches find too little' },
      ...more,
    });

/** Begins maintenance, and answers its id. */
export const begin = async (target: Target, operator: SignedUp, method: string, path: string): Promise<string> => {
  const { status, body, text } = await operating(target, operator)(method, path);
  expect(status, text).to.equal(202);
  return body['maintenanceId'] as string;
};

/** Answers what was done with a projection, the newest first. */
export const maintenancesOf = async (target: Target, operator: SignedUp, name: string): Promise<SeenMaintenance[]> => {
  const { status, body, text } = await operating(target, operator)('GET', `/${name}`);
  expect(status, text).to.equal(200);
  return body['maintenances'] as SeenMaintenance[];
};

/** Waits until maintenance has ended, and answers it. */
export const endOf = async (target: Target, operator: SignedUp, name: string, id: string): Promise<SeenMaintenance> => {
  const find = async () => (await maintenancesOf(target, operator, name)).find((each) => each.maintenanceId === id);
  const found = await eventually(find, (each) => each !== undefined && each.end !== null);
  return found!;
};
