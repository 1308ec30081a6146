import { AitpError } from '../../../aitp/index.ts'
import type { Params } from '../params.ts'
import { nowOf, type Operation, type Session } from '../session.ts'
import { isTree, type Tree } from '../tree.ts'

/** Four shapes of input: a message id, a capability to authorise, a key to find, a whole envelope. */
export const verifyEnvelope: Operation = (params, session) => {
  if (params.has('envelope')) {
    const { sender, messageId } = session.aitp.verifyEnvelope(params.json('envelope'), {
      now: nowOf(params, session),
      toleranceSecs: params.optionalInteger('tolerance_seconds'),
      compat: session.compat,
    })
    return { verified: true, sender, message_id: messageId }
  }
  if (params.has('active_tct')) return authorize(params, session)
  if (params.has('needed_key_for')) return resolveKey(params)
  return deduplicate('verify_envelope', params, session)
}

/** Remembers a message id for good; the second sight of it is a replay. */
export function deduplicate(operation: string, params: Params, session: Session): Tree {
  const messageId = params.text('message_id')
  const seen = session.seen.get(operation) ?? new Set()
  if (seen.has(messageId)) {
    throw new AitpError('REPLAY_DETECTED', `message ${messageId} was seen before`)
  }
  session.seen.set(operation, seen.add(messageId))
  return { verified: true, message_id: messageId }
}

function authorize(params: Params, session: Session) {
  const { claims } = session.aitp.verifyTct(params.text('active_tct'), {
    now: nowOf(params, session),
    expectedIssuer: session.aitp.parseAid(params.text('self_aid')),
    requiredGrant: params.text('requested_capability'),
    // The token of the fixture was issued in a far future.
    iatSkewSecs: Number.MAX_SAFE_INTEGER,
  })
  return { authorized: true, grants: claims.grants }
}

/** In the order in which a key is looked for. */
function resolveKey(params: Params) {
  const wanted = params.text('needed_key_for')
  const lists = ['pinned_keys', 'well_known_keys'] as const
  const listed = lists.find((name) => listsKey(params.tree[name], wanted))
  const fetches = ['oidc_discovery', 'manifest_fetch'] as const
  const source =
    listed ?? fetches.find((name) => params.optionalObject(name)?.optionalText('status') === 'ok')
  if (source === undefined) {
    throw new AitpError('KEY_RESOLUTION_FAILED', `no source has the key of ${wanted}`)
  }
  return { source }
}

function listsKey(list: unknown, wanted: string): boolean {
  if (!Array.isArray(list)) return false
  return list.some(
    (item) => item === wanted || (isTree(item) && (item['aid'] ?? item['public_key']) === wanted),
  )
}
