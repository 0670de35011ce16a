import { maintenance, underWay, type MadeMaintenance } from '../../domain/maintenance/decider.js';
import type { MaintenanceKind } from '../../domain/maintenance/events.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import type { AuditContext } from '../audit/audit-call.js';
import type { CommandContext } from '../kernel/command-context.js';
import { decision } from '../kernel/decision.js';
import { PROJECTIONS } from '../projections/registry.js';
import type { RequireRole } from '../roles/require-role.js';
import { Maintainer, type MaintainerParts } from './maintainer.js';
import type { WorkHere } from './maintenance-work.js';
import { projectionViews, type ProjectionDetails, type ProjectionView } from './projection-views.js';

export type MaintenancePorts = MaintainerParts & { readonly requireRole: RequireRole };

/** What an operator asks for, and why. */
interface MaintenanceInput {
  readonly projection: string;
  readonly reason: string | null;
}

interface BeginInput extends MaintenanceInput {
  readonly kind: MaintenanceKind;
  /** Whether a rebuild begins anew, instead of going on with what was left unfinished. */
  readonly isFresh?: boolean;
  /** Whether a rebuild switches though events were parked that are in use. */
  readonly isForced?: boolean;
}

const requireProjection = (projection: string) =>
  PROJECTIONS.find(({ name }) => name === projection) ?? reject('projection_not_found');

/** What the command-line tool does with projections. */
const maintenanceHere = (maintainer: Maintainer) => ({
  /**
   * Maintains a projection here and now: it is recorded before it begins, and what came of it. Raises what the work fails with; rejects
   * `maintenance_under_way`.
   */
  maintainHere: async <Done>(
    { projection, reason, kind, isFresh = false, isForced = false }: BeginInput,
    context: AuditContext,
    here: WorkHere<Done>,
  ): Promise<Done> => {
    // The work itself says that there is no such projection, and which ones there are.
    if (!PROJECTIONS.some(({ name }) => name === projection)) return here.work(here.unwanted);
    const wish = { startedBy: context.actor, reason, operator: context.operator, context };
    return maintainer.maintainHere({ projection, kind, isFresh, isForced }, wish, here);
  },
  /** Answers what is being done with a projection, on whichever node. */
  maintenanceUnderWay: async (projection: string): Promise<MadeMaintenance | undefined> =>
    underWay({ made: await maintainer.current(projection) }),
});

/** What operators do with projections. Each is an event, with who, why, and what has come of it; none shows what users wrote. */
export const maintenanceUseCases = (ports: MaintenancePorts) => {
  const { transact, store, operations, requireRole } = ports;
  const maintainer = new Maintainer(ports);
  const maintenancesOf = (projection: string) => maintainer.current(projection);
  const views = projectionViews({ operations, events: store, maintenancesOf });
  const isOperator = (actor: UserId) => async () => [await requireRole(actor, 'operator')];

  const begin = async (
    { projection, reason, kind, isFresh = false, isForced = false }: BeginInput,
    context: CommandContext,
  ) => {
    const stated = reason ?? reject('audit_reason_required');
    const task = { projection, kind, isFresh, isForced };
    return maintainer.begin(task, { startedBy: context.actor, reason: stated }, context, isOperator(context.actor));
  };

  return {
    /** Begins maintenance, which goes on beside the requests. Answers its id as soon as it is recorded. */
    startMaintenance: async (input: BeginInput, context: CommandContext) => {
      await requireRole(context.actor, 'operator');
      const { rebuildable } = requireProjection(input.projection);
      if (input.kind === 'rebuild' && !rebuildable) reject('projection_not_rebuildable');
      return begin(input, context);
    },
    ...maintenanceHere(maintainer),
    /**
     * Ends what is being done with a projection, and throws away what a rebuild has left unfinished. Answers the id of what is
     * ended, or of what throws it away.
     */
    cancelMaintenance: async ({ projection, reason }: MaintenanceInput, context: CommandContext) => {
      await requireRole(context.actor, 'operator');
      requireProjection(projection);
      const stated = reason ?? reject('audit_reason_required');
      const [newest] = await maintainer.current(projection);
      if (newest?.end !== null) return begin({ projection, reason, kind: 'discard' }, context);
      const { maintenanceId } = newest;
      // It may have ended by then, and another one may have begun: that one is not what was asked for.
      const data = { maintenanceId, projection, cancelledBy: context.actor, reason: stated, at: context.now };
      const { position } = await transact(context, async () => ({
        require: await isOperator(context.actor)(),
        decisions: [decision(maintenance, projection, { type: 'CancelMaintenance', data })],
        answer: () => ({}),
      }));
      return { maintenanceId, position };
    },
    listProjections: async (viewer: UserId): Promise<readonly ProjectionView[]> => {
      await requireRole(viewer, 'operator');
      return views.list();
    },
    getProjection: async (viewer: UserId, projection: string): Promise<ProjectionDetails> => {
      await requireRole(viewer, 'operator');
      return (await views.find(projection)) ?? reject('projection_not_found');
    },
    /** Resolves once nothing is being maintained by this node any more. */
    maintenanceEnded: () => maintainer.ended(),
  };
};

export type MaintenanceUseCases = ReturnType<typeof maintenanceUseCases>;
