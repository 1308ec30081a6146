import type { serviceCalls } from '../../../shared/contract/service.ts'
import { capabilitiesOf } from '../capabilities.ts'
import { openApi } from '../open-api.ts'
import type { HandlerParts, HandlersOf } from './parts.ts'

export function serviceHandlers({
  version,
  bearer,
  codes,
  metrics,
  aitp,
}: HandlerParts): HandlersOf<typeof serviceCalls> {
  return {
    health: async () => ({ status: 'ok', version }),
    metrics: () => metrics.text(),
    capabilities: async () => capabilitiesOf(aitp, version),
    openApi: async () => openApi(version),
    openSession: async ({ code }) => {
      codes.redeem(code)
      return { bearer }
    },
    newSessionCode: async () => ({ code: codes.issue() }),
  }
}
