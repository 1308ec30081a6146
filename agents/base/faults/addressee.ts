import type { VerifiedManifest } from '../../../src/aitp/index.ts'
import type { Agent } from '../agent.ts'
import { resolveManifest } from '../fetch-manifest.ts'
import { faultOf } from './fault-context.ts'

/** Whom a hello to this peer is made for: another agent, when the fault of the current work says so. */
export async function addresseeOf(agent: Agent, peer: VerifiedManifest): Promise<VerifiedManifest> {
  const wrong = faultOf('wrong_audience')
  return wrong === undefined ? peer : resolveManifest(agent, agent.aitp.parseAid(wrong.peer_aid))
}
