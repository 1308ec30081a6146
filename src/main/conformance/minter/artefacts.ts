import { isTree, type Tree } from '../tree.ts'
import { fromBase64url, type KeyRing } from './keys.ts'
import { signInput, signTampered } from './sign.ts'
import { withoutCompanions } from './tokens.ts'

/** Signs whatever self-contained artefact the object is: a manifest, a revocation list, a session bundle. */
export function signArtefact(tree: Tree, ring: KeyRing): void {
  const { proof_of_possession, revocation_list, session_bundle } = tree
  if (isTree(proof_of_possession)) signManifest(tree, proof_of_possession, ring)
  if (isTree(revocation_list)) signSnapshot(tree, revocation_list, ring)
  if (isTree(session_bundle) && Array.isArray(session_bundle['participants'])) {
    signBundle(tree, session_bundle, ring)
  }
}

/** Possession first: the signature covers it. */
function signManifest(manifest: Tree, possession: Tree, ring: KeyRing): void {
  const key = ring.of(manifest['aid'])
  if (possession['signature'] === '__VALID_POP_SIG__') {
    possession['signature'] = signInput(ring, key, fromBase64url(possession['challenge']))
  }
  if (possession['signature'] === '__INVALID_POP_SIG__') {
    possession['signature'] = signInput(ring, key, 'aitp-invalid-pop')
  }
  const { signature, ...signed } = manifest
  manifest['signature'] = replaced(signature, ['__VALID_MANIFEST_SIG__'], manifest['aid'], signed, ring)
}

function signSnapshot(snapshot: Tree, list: Tree, ring: KeyRing): void {
  const valid = ['__VALID_A_SIG__', '__VALID_B_SIG__']
  snapshot['signature'] = replaced(snapshot['signature'], valid, list['issuer'], list, ring)
}

/** The signature belongs inside the body; a fixture that has it beside the wrapper gets one all the same. */
function signBundle(wrapper: Tree, body: Tree, ring: KeyRing): void {
  const participants = Array.isArray(body['participants']) ? body['participants'] : []
  body['participants'] = participants.map((item) => (isTree(item) ? withoutCompanions(item) : item))
  const { signature, ...signed } = body
  const place = signature === undefined ? wrapper : body
  place['signature'] = replaced(place['signature'], ['__VALID_A_SIG__'], body['coordinator'], signed, ring)
}

function replaced(
  placeholder: unknown,
  valid: readonly string[],
  signer: unknown,
  signed: Tree,
  ring: KeyRing,
): unknown {
  const input = () => ring.canonicalBytes(signed)
  if (valid.includes(String(placeholder))) return signInput(ring, ring.of(signer), input())
  if (placeholder === '__TAMPERED_SIGNATURE__' || placeholder === '__TAMPERED_SIG__') {
    return signTampered(ring, ring.of(signer), input())
  }
  return placeholder
}
