import { type Aid, AitpError } from '../../../aitp/index.ts'
import { signingInput } from '../../../aitp/manifest/verify.ts'
import { signatureFault } from '../../../aitp/signature.ts'
import type { Session } from '../session.ts'
import type { Tree } from '../tree.ts'

/**
 * For a runner older than the suite: when possession and signature of a manifest both fail, it expects the signature
 * to be named. The specification has possession first, and so has the library.
 */
export function inOlderOrder<T>(manifest: Tree, session: Session, verify: () => T): T {
  try {
    return verify()
  } catch (error) {
    const isPossession = error instanceof AitpError && error.code === 'MANIFEST_POP_FAILED'
    if (!session.forOlderRunner || !isPossession) throw error
    // Everything before possession has passed, so the AID is one.
    const aid = String(manifest['aid']) as Aid
    const fault = signatureFault(
      session.engine,
      aid,
      signingInput(session.engine, manifest),
      String(manifest['signature']),
    )
    throw fault === undefined ? error : new AitpError('MANIFEST_SIGNATURE_INVALID', fault)
  }
}
