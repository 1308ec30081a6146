import { HarnessError } from '../answer.ts'
import type { Params } from '../params.ts'
import type { Operation, Session } from '../session.ts'
import type { Tree } from '../tree.ts'
import { verifyCommit, verifyReceivedPayload } from './commit.ts'
import { verifyHello } from './hello.ts'

/** One message as its receiver judges it, or what both peers received in the last round. */
export const verifyHandshakePayload: Operation = (params, session) => {
  if (params.has('peer_a')) return verifyBothPeers(params, session)
  const messageType = params.object('envelope').optionalText('message_type')
  switch (messageType) {
    case 'mutual_hello':
    case 'mutual_hello_ack':
      return verifyHello(params, session, messageType)
    case 'mutual_commit':
    case 'mutual_commit_ack':
      return verifyCommit(params, session, messageType)
    default:
      throw new HarnessError('INVALID_REQUEST', `${String(messageType)} is no handshake message`)
  }
}

function verifyBothPeers(params: Params, session: Session): Tree {
  const grants = verifyReceivedPayload(params.object('peer_a'), session)
  verifyReceivedPayload(params.object('peer_b'), session)
  return { verified: true, grants }
}
