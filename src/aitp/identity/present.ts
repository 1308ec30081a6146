import type { AgentKey } from '../agent-key.ts'
import { encodeBase64url } from '../base64url.ts'
import type { Compat } from '../compat.ts'
import type { Engine } from '../engine.ts'
import { AitpError } from '../errors.ts'
import type { VerifiedManifest } from '../manifest/document.ts'
import { thumbprint } from '../thumbprint.ts'
import type { IdentityTokenRequest } from './oidc.ts'
import { type PinnedKeyProofFields, signPinnedKeyProof } from './pinned-key.ts'

/** Who presents itself, and how its issuer is asked for a token. */
export interface Presenter {
  readonly key: AgentKey
  readonly manifest: VerifiedManifest
  readonly mintIdentityToken?: ((request: IdentityTokenRequest) => string | null) | undefined
  readonly compat?: Compat | undefined
}

/** The member `identity` of a hello: as the manifest hints at it, with a proof for this one message. */
export function presentIdentity(
  engine: Engine,
  { key, manifest, mintIdentityToken, compat = {} }: Presenter,
  fields: PinnedKeyProofFields,
): object {
  const { type, subject, issuer, public_key } = manifest.body.identity_hint
  if (type === 'pinned_key') {
    const form = compat.emitBinaryPinnedTimestamp === true ? 'binary' : 'decimal'
    return { type, subject, public_key, proof: signPinnedKeyProof(engine, key, fields, form) }
  }
  if (mintIdentityToken === undefined)
    throw new TypeError('an OIDC identity needs a source of identity tokens')
  const proof = mintIdentityToken({
    audience: fields.receiver,
    nonce: encodeBase64url(fields.popNonce),
    jkt: thumbprint(engine, key.aid),
    now: fields.timestamp,
  })
  if (proof === null) {
    throw new AitpError('IDENTITY_FAILED', `${issuer} gave no identity token for ${fields.receiver}`, {
      check: 'identity.proof',
      expected: `a token of ${issuer}`,
      actual: 'none',
    })
  }
  return { type, subject, issuer, proof }
}
