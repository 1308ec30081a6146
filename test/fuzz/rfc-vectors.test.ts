import { describe, expect, it } from 'vitest'
import { decodeBase64url, encodeBase64url } from '../../src/aitp/base64url.ts'
import { canonicalize, type Engine } from '../../src/aitp/index.ts'
import { browserEngine } from '../../src/aitp/platform/browser/engine.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { verifyRaw } from '../../src/aitp/signature.ts'
import { canonicalJwk, thumbprint } from '../../src/aitp/thumbprint.ts'
import { aidText, aitp, fromB64u, fromHex, refusal, T0 } from '../aitp/fixtures.ts'

const bytes = (text: string) => Uint8Array.from(Buffer.from(text))

describe('RFC 8785', () => {
  /** Appendix B: IEEE 754 bits and their canonical form. */
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the double %s as %s', (bits, text) => {
    expect(canonicalize(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text)
  })

  it.each(['7fffffffffffffff', '7ff0000000000000'])('refuses the double %s', (bits) => {
    expect(() => canonicalize(Buffer.from(bits, 'hex').readDoubleBE())).toThrow(TypeError)
  })

  it('writes the object of §3.2.4 to the byte', () => {
    const value: unknown = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    )
    expect(Buffer.from(canonicalize(value)).toString('hex')).toBe(
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d',
    )
  })
})

const engines: readonly [string, Engine][] = [
  ['node:crypto', nodeEngine],
  ['noble', browserEngine],
]

describe.each(engines)('RFC 7515 and RFC 8037 on %s', (_, engine) => {
  const es256 =
    'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q'
  const eddsa =
    'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg'

  const partsOf = (token: string) => {
    const at = token.lastIndexOf('.')
    return { signed: bytes(token.slice(0, at)), signature: fromB64u(token.slice(at + 1)) }
  }

  it('A.3: ES256 verifies, but its S is high, so it could be no signature of an agent', () => {
    const x = fromB64u('f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU')
    const y = fromB64u('x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0')
    const key = Uint8Array.from([2 + ((y[31] ?? 0) & 1), ...x])
    const { signed, signature } = partsOf(es256)
    expect(engine.p256Verify(key, signed, signature)).toBe(true)
    expect(verifyRaw(engine, { algorithm: 'p256', bytes: key }, signed, signature)).toBe(false)
    expect(engine.p256Point(key)).toEqual({ x, y })
  })

  it('RFC 8037 A.4: Ed25519 verifies, and signs the same', () => {
    const seed = fromB64u('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A')
    const { signed, signature } = partsOf(eddsa)
    const { publicKey, sign } = engine.ed25519Signer(seed)
    expect(encodeBase64url(publicKey)).toBe('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo')
    expect(sign(signed)).toEqual(signature)
    expect(verifyRaw(engine, { algorithm: 'ed25519', bytes: publicKey }, signed, signature)).toBe(true)
  })

  it('RFC 8037 A.3: the thumbprint', () => {
    const aid = aidText('aid:pubkey:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo')
    expect(canonicalJwk(engine, aid)).toContain('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo')
    expect(thumbprint(engine, aid)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  })

  it('appendix C: base64url', () => {
    expect(encodeBase64url(fromHex('03ecffe0c1'))).toBe('A-z_4ME')
    expect(decodeBase64url('A-z_4ME')).toEqual(fromHex('03ecffe0c1'))
    expect(decodeBase64url('A-z_4MF')).toBeUndefined()
  })

  it.each([
    ['A.3 of RFC 7515', es256],
    ['A.4 of RFC 8037', eddsa],
    ['the unsecured JWS of A.5', 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UifQ.'],
    ['a JSON serialisation of A.6', '{"payload":"e30","signatures":[]}'],
    ['a critical header of appendix E', 'eyJhbGciOiJub25lIiwiY3JpdCI6WyJ4Il19.RkFJTA.'],
  ])('no verifier of agents accepts %s', (_, token) => {
    expect(refusal(() => aitp.verifyTct(token, { now: T0 }))).toBe('TCT_SIGNATURE_INVALID tct.structure')
    expect(refusal(() => aitp.verifyVoucher(token, { now: T0 }))).toMatch(/^DELEGATION_INVALID_VOUCHER/)
  })
})
