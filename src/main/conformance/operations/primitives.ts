import { canonicalize } from '../../../aitp/index.ts'
import type { Operation } from '../session.ts'

export const verifyJcs: Operation = (params) => {
  const text = canonicalize(JSON.parse(params.json('input')))
  return { canonical_hex: Buffer.from(text).toString('hex'), canonical_utf8: text }
}

export const computeJwkThumbprint: Operation = (params, { aitp }) => {
  return { thumbprint: aitp.thumbprint(aitp.parseAid(`aid:pubkey:${params.text('public_key')}`)) }
}
