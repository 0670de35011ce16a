import type { UserId } from '../../domain/kernel/ids.js';
import type { CommandContext } from '../kernel/command-context.js';
import type { RequireRole } from '../roles/require-role.js';
import { certifyErasure, type CertificateParts } from './certify-erasure.js';

export interface CertificatePorts extends CertificateParts {
  readonly requireRole: RequireRole;
}

/** The certificates of erasures. */
export const certificateUseCases = ({ requireRole, ...parts }: CertificatePorts) => {
  const certify = certifyErasure(parts);
  return {
    /** It is for auditors: whoever calls asks the gate. */
    certifyErasure: certify,
    /** It is for admins and, without an actor, for the command-line tool: those who erase others. */
    getErasureCertificate: async ({ userId }: { readonly userId: UserId }, context: CommandContext<UserId | null>) => {
      if (context.actor !== null) await requireRole(context.actor, 'admin');
      return certify(userId, context.now);
    },
  };
};

export type CertificateUseCases = ReturnType<typeof certificateUseCases>;
