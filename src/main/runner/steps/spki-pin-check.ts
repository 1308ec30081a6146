import { AppError } from '../../../shared/errors.ts'
import type { SpkiPinCheckStep } from '../../../shared/steps.ts'
import type { StepHandler } from '../step-handler.ts'

/** Says whether the key of a certificate is pinned; nothing is fetched. */
export const spkiPinCheck: StepHandler<SpkiPinCheckStep> = async (step, { aitp }, operation) => {
  const { id, cert_der_b64, pins, expect_status } = step
  const certificate = Buffer.from(cert_der_b64, 'base64')
  const result = check()
  operation.append({ type: 'spki.pin.checked', step_id: id, result })
  const actual = result.is_pinned
  if (expect_status === undefined || (expect_status === 1) === actual) return { output: result }
  const expected_pinned = expect_status === 1
  operation.append({ type: 'step.unexpected_status', step_id: id, result: { expected_pinned, actual } })
  throw new AppError(
    'assertion_failed',
    `Step ${id}: the certificate is ${actual ? '' : 'not '}pinned, and should ${expected_pinned ? '' : 'not '}be.`,
  )

  function check() {
    try {
      const known = aitp.createSpkiPins(pins.map((pin) => Buffer.from(pin, 'base64')))
      return {
        computed_hash_b64: Buffer.from(aitp.spkiHash(certificate)).toString('base64'),
        pin_count: known.size,
        is_pinned: known.isPinned(certificate),
      }
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause
      throw new AppError('step_failed', `Step ${id}: ${cause.message}.`, { cause })
    }
  }
}
