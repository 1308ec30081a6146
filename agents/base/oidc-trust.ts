import {
  type AgentKey,
  type Aitp,
  type HandshakeParty,
  type IdentityTokenRequest,
  parseJwks,
} from '../../src/aitp/index.ts'
import type { Bootstrap } from '../../src/shared/bootstrap.ts'

/** What the run's OIDC issuer lets an agent do: believe its tokens, and for an agent it vouches for, have some. */
export interface OidcTrust extends Pick<HandshakeParty, 'issuerKeys' | 'mintIdentityToken'> {
  /** Accepted as a trust anchor, and named by whoever has its identity from it. */
  readonly issuer: string
}

const tokenLifeSecs = 3600

/**
 * The mock issuer of this run, whose key every agent that it vouches for has (RFC-AITP-0002 §2); `null` without one.
 *
 * @param subject the subject of this agent at the issuer; `null` when it has no identity there
 */
export function createOidcTrust(
  aitp: Aitp,
  oidc: Bootstrap['oidc'],
  subject: string | null,
): OidcTrust | null {
  if (oidc === undefined) return null
  const { issuer_url: issuer, kid, public_jwk, private_seed_b64 } = oidc
  const keys = parseJwks(JSON.stringify({ keys: [public_jwk] }))
  const trust = { issuer, issuerKeys: (asked: string) => (asked === issuer ? keys : undefined) }
  if (subject === null || private_seed_b64 === undefined) return trust
  const signer = aitp.agentKey(Buffer.from(private_seed_b64, 'base64url'))
  return {
    ...trust,
    mintIdentityToken: (request) => mintIdentityToken(signer, { issuer, kid, subject }, request),
  }
}

interface IssuedFor {
  readonly issuer: string
  readonly kid: string
  readonly subject: string
}

/** Synchronous, as a handshake step is; that rules out the usual libraries. */
function mintIdentityToken(
  signer: AgentKey,
  { issuer, kid, subject }: IssuedFor,
  { audience, nonce, jkt, now }: IdentityTokenRequest,
): string {
  const header = { alg: 'EdDSA', typ: 'JWT', kid }
  const claims = {
    iss: issuer,
    sub: subject,
    aud: audience,
    iat: now,
    exp: now + tokenLifeSecs,
    nonce,
    cnf: { jkt },
  }
  const signed = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${signed}.${Buffer.from(signer.sign(Buffer.from(signed))).toString('base64url')}`
}
