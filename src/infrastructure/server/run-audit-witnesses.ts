import { setTimeout as sleep } from 'node:timers/promises';
import { tellHeads, type HeadDestination } from '../../application/audit/tell-heads.js';
import { aloneIn, TELLING_LOCK } from '../audit/alone.js';
import { auditCrypto } from '../audit/ed25519.js';
import { fileDestination, urlDestination, witnessDestination } from '../audit/head-destinations.js';
import { createLogTree } from '../audit/postgres-log-tree.js';
import { witnessAt } from '../audit/witness-client.js';
import { createWitnessStates } from '../audit/witness-states.js';
import type { ServerParts } from './server-parts.js';

const NAME = 'audit witnesses';
/** A round takes as long as the slowest witness may take for its answers. */
const QUIET_SECONDS = 35;

type Parts = Pick<ServerParts, 'application' | 'pool' | 'config' | 'consumers' | 'log' | 'releases'>;

const destinationsOf = ({ application, pool, config, log }: Parts): HeadDestination[] => {
  const { checkpoints } = application;
  const parts = { checkpoints, tree: createLogTree(pool), crypto: auditCrypto, states: createWitnessStates(pool) };
  const alarms = {
    onRefused: (witness: string, reason: string) =>
      log.error({ code: 'audit_witness_refused', witness, reason }, 'a witness does not sign what the log has signed'),
    onReplaced: (name: string, reason: string) =>
      log.error(
        { code: 'audit_log_replaced', name, reason },
        'the log does not follow on the signed head that was kept, which is left as it is',
      ),
    onAway: (name: string, error: unknown) =>
      log.warn({ err: error, name }, 'a signed head could not be handed on, trying again'),
  };
  const { AUDIT_WITNESSES: witnesses = [], AUDIT_CHECKPOINT_FILE: file, AUDIT_CHECKPOINT_URL: url } = config;
  return [
    ...witnesses.map((address) => witnessDestination(parts, witnessAt(address), alarms)),
    ...(file === undefined ? [] : [fileDestination(file, parts, alarms)]),
    ...(url === undefined ? [] : [urlDestination(url, checkpoints, alarms)]),
  ];
};

/** Hands each signed head on to witnesses, a file and an address, until it is released. There may be none. */
export const runAuditWitnesses = (parts: Parts): void => {
  const { application, pool, consumers, releases } = parts;
  const destinations = destinationsOf(parts);
  if (destinations.length === 0) return;
  const ending = new AbortController();
  const work = tellHeads({
    checkpoints: application.checkpoints,
    destinations,
    alone: aloneIn(pool, TELLING_LOCK),
    now: () => performance.now(),
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined), // the signal ends it
  });
  const running = consumers.run(NAME, ending.signal, work, {
    quietSeconds: QUIET_SECONDS,
    missed: 'witnesses do not see the newest heads',
  });
  releases.own(NAME, ending, async (it) => {
    it.abort();
    await running;
  });
};
