import { expect, test } from 'vitest'
import { NoAnswer } from '../../agents/base/network/send-request.ts'
import { failedAtPeer } from '../../agents/base/peer-failure.ts'
import { AitpError } from '../../src/aitp/index.ts'

test.each([
  ['a peer that is silent', new NoAnswer('nobody there'), 502, 'no_answer'],
  ['a refusal by the protocol', new AitpError('TCT_EXPIRED', 'too late'), 502, 'TCT_EXPIRED'],
  ['a failure of our own', new TypeError('x is not a function'), 500, 'internal_error'],
])('%s is told as what it is', (_title, error, status, code) => {
  const failure = failedAtPeer(error)
  expect(failure.refusal).toMatchObject({ status, code })
})
