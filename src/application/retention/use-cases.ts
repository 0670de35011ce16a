import { ruleUseCases, type RuleParts } from './change-rules.js';
import { expireFiles, type ExpireFilesParts } from './expire-files.js';
import { expireMessages, type ExpireParts } from './expire-messages.js';

export type RetentionPorts = RuleParts & Omit<ExpireParts, 'expireFiles'> & ExpireFilesParts;

/** How long messages are kept, and what makes them go. */
export const retentionUseCases = (ports: RetentionPorts) => ({
  ...ruleUseCases(ports),
  expireMessages: expireMessages({ ...ports, expireFiles: expireFiles(ports) }),
});

export type RetentionUseCases = ReturnType<typeof retentionUseCases>;
