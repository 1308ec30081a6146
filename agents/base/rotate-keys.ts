import type { KeysRotated } from '../../src/shared/admin.ts'
import type { Agent } from './agent.ts'

/**
 * Takes a new random key (RFC-AITP-0003 §8). A new key is a new AID: what was begun under the old one cannot be finished,
 * tokens issued under it are refused as another issuer's, and peers have to be told.
 */
export function rotateKeys(agent: Agent): KeysRotated {
  const oldAid = agent.identity.rotate()
  agent.pending.clear()
  agent.tcts.clear()
  const { aid } = agent.identity.manifest().verified
  agent.telemetry.event({ type: 'identity.key.rotated', old_aid: oldAid, new_aid: aid })
  return { aid, old_aid: oldAid, manifest_replaced: aid !== oldAid }
}
