import { ContainerModule } from 'inversify';
import type { PresenceAudience } from '../../application/ports/presence-audience.js';
import { TOKENS } from './tokens.js';

/** Everybody may see everybody. */
const everybody: PresenceAudience = {
  visibleTo: async (_, people) => new Set(people),
  onChange: () => () => undefined,
};

/** Who may see whether somebody is there. */
export const presence = new ContainerModule(({ bind }) => {
  bind(TOKENS.PresenceAudience).toConstantValue(everybody);
});
