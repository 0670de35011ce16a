import type { SealCrypto } from '../../src/domain/audit/open-sealed.js';
import { openAesGcm } from '../../src/infrastructure/audit/open-aes-gcm.js';
import { sha256 } from './audit-crypto.js';

/** The cryptography of Node that opens what is sealed. */
export const nodeSealCrypto: SealCrypto = { sha256, openAesGcm };
