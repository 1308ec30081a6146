import { isTree, type Tree } from '../tree.ts'
import { type KeyRing, toBase64url } from './keys.ts'
import { MintError } from './placeholders.ts'
import { tampered } from './sign.ts'

interface Recipe {
  readonly typ: string
  /** Instead of the algorithm of the key. */
  readonly alg?: string
  /** What becomes of the right signature. */
  readonly signature?: (right: Uint8Array) => Uint8Array
}

const tct = 'aitp-tct+jwt'
const voucher = 'aitp-grant+jwt'
const delegation = 'aitp-delegation+jwt'

const recipes: Readonly<Record<string, Recipe>> = {
  __JWS_TCT__: { typ: tct },
  __JWS_GRANT_VOUCHER__: { typ: voucher },
  __JWS_DELEGATION__: { typ: delegation },
  __JWS_TCT_TAMPERED_SIG__: { typ: tct, signature: tampered },
  __JWS_VOUCHER_TAMPERED_SIG__: { typ: voucher, signature: tampered },
  __JWS_DELEGATION_TAMPERED_SIG__: { typ: delegation, signature: tampered },
  __JWS_TCT_ALG_NONE__: { typ: tct, alg: 'none', signature: () => new Uint8Array(64) },
  __JWS_TCT_WRONG_ALG__: { typ: tct, alg: 'ES256' },
}

/** Replaces every token placeholder below `tree` by a token over the claims that stand beside it. */
export function mintTokens(tree: Tree, ring: KeyRing): void {
  for (const [name, value] of Object.entries(tree)) {
    // Claims are minted with their token, innermost first.
    if (name.endsWith('_claims')) continue
    const claims = tree[`${name}_claims`]
    if (isTokenPlaceholder(value)) tree[name] = mintToken(value, claims, ring)
    else if (Array.isArray(value))
      tree[name] = value.map((item, index) => mintItem(item, claims, index, ring))
    else if (isTree(value)) mintTokens(value, ring)
  }
}

/** A copy without the members that only tell the minter what to sign. */
export function withoutCompanions(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !name.endsWith('_claims')))
}

export function signCompact(
  header: string,
  claims: unknown,
  ring: KeyRing,
  sign: (message: Uint8Array) => Uint8Array,
): string {
  const signed = `${toBase64url(header)}.${toBase64url(ring.canonicalBytes(claims))}`
  return `${signed}.${toBase64url(sign(Uint8Array.from(Buffer.from(signed))))}`
}

function isTokenPlaceholder(value: unknown): value is string {
  return typeof value === 'string' && Object.hasOwn(recipes, value)
}

function mintItem(item: unknown, claims: unknown, index: number, ring: KeyRing): unknown {
  if (isTokenPlaceholder(item))
    return mintToken(item, Array.isArray(claims) ? claims[index] : undefined, ring)
  if (isTree(item)) mintTokens(item, ring)
  return item
}

function mintToken(placeholder: string, claims: unknown, ring: KeyRing): string {
  const recipe = recipes[placeholder]
  if (recipe === undefined || !isTree(claims)) throw new MintError(`${placeholder} has no claims beside it`)
  mintTokens(claims, ring)
  fillChainHash(claims, ring)
  const key = ring.of(claims['iss'])
  const alg = recipe.alg ?? (key.algorithm === 'p256' ? 'ES256' : 'EdDSA')
  const { signature = (right: Uint8Array) => right } = recipe
  return signCompact(`{"alg":"${alg}","typ":"${recipe.typ}"}`, withoutCompanions(claims), ring, (message) =>
    signature(key.sign(message)),
  )
}

/** The commitment to the earlier tokens of a chain: the digest of the array of their digests. */
function fillChainHash(claims: Tree, ring: KeyRing): void {
  const { chain, chain_hash } = claims
  if (chain_hash !== '__COMPUTED_CHAIN_HASH__' && chain_hash !== '__ANY_CHAIN_HASH__') return
  if (!Array.isArray(chain)) throw new MintError('a chain_hash needs a chain')
  const digests = chain.map((token) => toBase64url(ring.sha256(String(token))))
  claims['chain_hash'] = toBase64url(ring.sha256(ring.canonicalBytes(digests)))
}
