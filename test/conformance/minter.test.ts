import { describe, expect, it } from 'vitest'
import { signatureFault } from '../../src/aitp/signature.ts'
import { mint } from '../../src/main/conformance/minter/mint.ts'
import { isTree, mapStrings, type Tree } from '../../src/main/conformance/tree.ts'
import { aidText, engine, fromB64u, readVector } from '../aitp/fixtures.ts'
import { fixtureNamed, fixtures, minted, ring } from './suite.ts'

const examples = 'aitp/known-answer/signed-examples'
const aidOfA = 'aid:pubkey:O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik'

const at = (tree: unknown, ...path: readonly string[]): unknown =>
  path.reduce((value, name) => (isTree(value) ? value[name] : undefined), tree)

describe('the minter', () => {
  it('signs the published manifest as its authors did', () => {
    const { manifest } = readVector<{ manifest: Tree }>(`${examples}/manifest/kat-keypair-001-manifest.json`)
    const unsigned = { ...manifest, signature: '__VALID_MANIFEST_SIG__' }
    expect(mint({ manifest: unsigned }, ring).input['manifest']).toEqual(manifest)
  })

  it('signs the published revocation list as its authors did', () => {
    const { revocation_list, signature } = readVector<Tree>(
      `${examples}/revocation/kat-keypair-001-snapshot.json`,
    )
    const unsigned = { revocation_list, signature: '__VALID_A_SIG__' }
    expect(mint({ snapshot: unsigned }, ring).input['snapshot']).toEqual({ revocation_list, signature })
  })

  it('signs the published session bundle as its authors did', () => {
    const { session_bundle: bundle } = readVector<{ session_bundle: Tree }>(
      `${examples}/session-bundle/kat-keypair-001-bundle.json`,
    )
    const unsigned = { session_bundle: { ...bundle, signature: '__VALID_A_SIG__' } }
    expect(mint(unsigned, ring).input['session_bundle']).toEqual(bundle)
  })

  it.each([
    ['tct/kat-keypair-001-issues-002', 'tct_token', '__JWS_TCT__'],
    ['grant-voucher/kat-voucher-001', 'voucher_token', '__JWS_GRANT_VOUCHER__'],
    ['delegation/single-hop-001-002-003', 'delegation_token', '__JWS_DELEGATION__'],
  ])('mints the published %s to the last character', (file, member, placeholder) => {
    const published = readVector<Tree>(`${examples}/${file}.json`)
    const claims = published['decoded_claims']
    expect(mint({ token: placeholder, token_claims: claims }, ring).input['token']).toBe(published[member])
  })

  it('takes one bit off a signature that is to be wrong', () => {
    const [good, bad] = ['__JWS_TCT__', '__JWS_TCT_TAMPERED_SIG__'].map((token) => {
      const { input } = mint({ token, token_claims: { iss: aidOfA, sub: aidOfA } }, ring)
      return fromB64u(String(input['token']).split('.')[2] ?? '')
    })
    expect(good?.map((byte, index) => byte ^ (bad?.[index] ?? 0))).toEqual(
      Uint8Array.from({ length: 64 }, (_, index) => (index === 63 ? 1 : 0)),
    )
  })

  it('id-007 has a literal proof, which verifies over the five fields', () => {
    const envelope = minted('id-007')['envelope']
    const sender = aidText(String(at(envelope, 'sender', 'agent_id')))
    const self = String(fixtureNamed('id-007').input['self_aid'])
    const fields = ['aitp-pinned-key-v1', sender, self, at(envelope, 'message_id'), at(envelope, 'timestamp')]
    const nonce = fromB64u(String(at(envelope, 'payload', 'pop_nonce')))
    const input = Buffer.concat([Buffer.from(fields.map((field) => `${String(field)}\0`).join('')), nonce])
    const proof = String(at(envelope, 'payload', 'identity', 'proof'))
    expect(signatureFault(engine, sender, Uint8Array.from(input), proof)).toBeUndefined()
  })

  it('leaves no placeholder and no companion on the wire', () => {
    for (const { id, input } of fixtures) {
      const { input: whole } = mint(input, ring)
      const left: string[] = []
      mapStrings(whole, (text) => (/^__[A-Z]/.test(text) ? left.push(text) : text))
      expect([id, left]).toEqual([id, id === 'del-007' ? ['__ANY_JWS__'] : []])
      expect(JSON.stringify(whole['envelope'] ?? null)).not.toContain('_claims')
      expect(JSON.stringify(whole['session_bundle'] ?? null)).not.toContain('_claims')
    }
  })

  it('gives the same bytes again', () => {
    for (const { input } of fixtures.filter((fixture) => !JSON.stringify(fixture).includes('p256'))) {
      expect(mint(input, ring)).toEqual(mint(input, ring))
    }
  })
})
