import type { serviceCalls } from '../../../shared/contract/service.ts'
import type { HandlerParts, HandlersOf } from './parts.ts'

export function serviceHandlers({
  version,
  bearer,
  codes,
  metrics,
}: HandlerParts): HandlersOf<typeof serviceCalls> {
  return {
    health: async () => ({ status: 'ok', version }),
    metrics: () => metrics.text(),
    openSession: async ({ code }) => {
      codes.redeem(code)
      return { bearer }
    },
    newSessionCode: async () => ({ code: codes.issue() }),
  }
}
