import { AITP_VERSION } from '../../src/aitp/index.ts'
import type { PairResult } from './pair.ts'

/** A failure whose cause is known and lies where this library cannot or will not change it. */
interface Known {
  readonly applies: (result: PairResult, wire: string) => boolean
  readonly cause: string
}

const known: readonly Known[] = [
  {
    applies: (_result, wire) => wire !== AITP_VERSION,
    cause: `the peer speaks another version than ${AITP_VERSION} and no other besides`,
  },
  {
    applies: ({ peer, artefact }) =>
      peer.startsWith('aitp-sdk') && artefact === 'handshake, OIDC, issuer without a path',
    cause:
      'the SDK writes the issuer as a URL parser does (https://issuer.example becomes https://issuer.example/); issuers are compared as exact strings',
  },
  {
    applies: ({ peer, artefact }) =>
      peer === 'aitp-sdk 0.4.1' && artefact === 'live handshake and call, pinned keys',
    cause: 'this release takes the binary timestamp only, and the worker does not send that form',
  },
]

/** Why a pair was bound to fail, `null` when it was not. */
export function knownCause(result: PairResult, wire: string): string | null {
  if (result.status !== 'failed') return null
  return known.find(({ applies }) => applies(result, wire))?.cause ?? null
}
