import { eachTree, isTree, mapStrings, type Tree } from '../tree.ts'
import { signArtefact } from './artefacts.ts'
import { mintIdentityProof } from './identity.ts'
import type { IssuerJwks, KeyRing } from './keys.ts'
import { finishPayload, signEnvelope } from './messages.ts'
import { fillers, isPlaceholder, leftAsItIs, MintError } from './placeholders.ts'
import { fillScalars } from './scalars.ts'
import { mintTokens } from './tokens.ts'

/** An input with real signatures. */
export interface Minted {
  readonly input: Tree
  /** By issuer, the public keys of the identity providers that signed something; no fixture carries them. */
  readonly issuerJwks: Readonly<Record<string, IssuerJwks>>
}

/** Turns the placeholders of a fixture into values. Innermost things first; envelopes last. */
export function mint(fixtureInput: Tree, ring: KeyRing): Minted {
  const input = withTokens(fixtureInput, ring)
  eachTree(input, (tree) => signArtefact(tree, ring))
  const issuers = new Set<string>()
  for (const context of contextsOf(input)) {
    const issuer = finishMessage(context, ring)
    if (issuer !== null) issuers.add(issuer)
  }
  requireNothingLeft(input)
  return {
    input,
    issuerJwks: Object.fromEntries([...issuers].map((issuer) => [issuer, ring.jwksOf(issuer)])),
  }
}

/** A copy with times, nonces and tokens. Fillers come last: inside a token the hash of a chain is computed. */
function withTokens(fixtureInput: Tree, ring: KeyRing): Tree {
  const timed = fillScalars(fixtureInput, ring)
  if (isTree(timed)) mintTokens(timed, ring)
  const input = mapStrings(timed, (text) => fillers[text] ?? text)
  if (!isTree(input)) throw new MintError('input is no object')
  return input
}

/** Everywhere a message can be: the input itself, its steps (which inherit from it), its two peers. */
function contextsOf(input: Tree): readonly { readonly scope: Tree; readonly holder: Tree }[] {
  const { sequence, peer_a, peer_b } = input
  const steps = (Array.isArray(sequence) ? sequence : []).filter(isTree)
  return [
    { scope: input, holder: input },
    ...steps.map((step) => ({ scope: { ...input, ...step }, holder: step })),
    ...[peer_a, peer_b].filter(isTree).map((peer) => ({ scope: peer, holder: peer })),
  ]
}

function finishMessage(
  { scope, holder }: { readonly scope: Tree; readonly holder: Tree },
  ring: KeyRing,
): string | null {
  const { envelope, received_payload: received } = holder
  if (isTree(received)) {
    const claims = received['tct_claims']
    const sender = isTree(claims) ? claims['iss'] : undefined
    holder['received_payload'] = finishPayload(scope, received, sender, ring)
  }
  if (!isTree(envelope)) return null
  const issuer = mintIdentityProof(scope, envelope, ring)
  const { sender, payload } = envelope
  if (isTree(payload) && isTree(sender)) {
    envelope['payload'] = finishPayload(scope, payload, sender['agent_id'], ring)
  }
  signEnvelope(envelope, ring)
  return issuer
}

function requireNothingLeft(input: Tree): void {
  mapStrings(input, (text) => {
    if (isPlaceholder(text) && text !== leftAsItIs)
      throw new MintError(`nothing mints ${text} where it stands`)
    return text
  })
}
