import { open } from 'node:fs/promises';
import { CertificateFault, isCertificate, verifyCertificate } from '../../domain/audit/erasure-certificate.js';
import { MisfitError, type BundleTrust, type CertificateVerified } from '../../interfaces/cli/tool.js';
import { auditCrypto } from '../audit/ed25519.js';
import { trustOf } from './bundle-trust.js';

/** More than a certificate with a hundred keys and signatures has. */
const MOST_BYTES = 262_144;

const beginningOf = async (path: string): Promise<string> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES);
    return buffer.subarray(0, bytesRead).toString();
  } finally {
    await file.close();
  }
};

/**
 * Verifies the certificate of an erasure without the server; answers undefined where the file is none. Raises `MisfitError` where
 * something is not proven, and `ToolError` where it cannot be verified.
 */
export const verifyCertificateFile = async (
  path: string,
  given: BundleTrust,
): Promise<CertificateVerified | undefined> => {
  const text = await beginningOf(path);
  if (!isCertificate(text)) return undefined;
  const trust = trustOf(given);
  try {
    const { checkpoint, ...report } = verifyCertificate(auditCrypto, text, trust);
    const { origin, size, witnessed } = checkpoint;
    return { ...report, origin, size, witnessed };
  } catch (error) {
    if (!(error instanceof CertificateFault)) throw error;
    throw new MisfitError(`the certificate is not proven: ${error.message}`, { cause: error });
  }
};
