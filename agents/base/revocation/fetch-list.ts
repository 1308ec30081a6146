import { transition, type VerifiedRevocationList } from '../../../src/aitp/index.ts'
import { unixNow } from '../clock.ts'
import {
  type ControlPlane,
  controlPlaneOrigin,
  otherControlPlaneTimeoutMs,
} from '../control-plane/control-plane.ts'
import { exchangeWith, type Speaker } from '../outbound.ts'
import { WorkerError } from '../refusal.ts'
import type { ListRequest } from './refresh.ts'

/** Gets the Control Plane's list and verifies it (RFC-AITP-0008 §1.5), on record like any exchange. */
export function createListFetcher(agent: Speaker, controlPlane: ControlPlane | null) {
  return async (request: ListRequest): Promise<VerifiedRevocationList> => {
    const baseUrl = controlPlaneOrigin(request.baseUrl ?? controlPlane?.baseUrl ?? '')
    const isConfigured = baseUrl === controlPlane?.baseUrl
    // The configured key is for the configured Control Plane alone.
    const apiKey = request.apiKey ?? (isConfigured ? controlPlane.apiKey : null)
    const timeoutMs = controlPlane?.timeoutMs ?? otherControlPlaneTimeoutMs
    const fetch = () => fetchList(agent, request, { baseUrl, apiKey, timeoutMs })
    return isConfigured ? controlPlane.ask(fetch) : fetch()
  }
}

function fetchList(
  agent: Speaker,
  { config, newest }: ListRequest,
  { baseUrl, apiKey, timeoutMs }: Pick<ControlPlane, 'baseUrl' | 'apiKey' | 'timeoutMs'>,
): Promise<VerifiedRevocationList> {
  const collector = agent.aitp.createCollector()
  const startedAt = unixNow()
  return exchangeWith(
    agent,
    {
      kind: 'revocation_list',
      method: 'GET',
      url: `${baseUrl}/.well-known/aitp-revocation-list`,
      headers: apiKey === null ? {} : { authorization: `Bearer ${apiKey}` },
      peerAid: config.issuer,
      timeoutMs,
      namedByHost: true,
    },
    ({ status, text }) => {
      if (status !== 200) throw new WorkerError(502, 'cp_refused', `the Control Plane answered ${status}`)
      const list = agent.aitp.verifyRevocationList(text, {
        now: unixNow(),
        expectedIssuer: config.issuer,
        maxStalenessSecs: config.maxStalenessSecs,
        newest: newest(),
        compat: transition,
        collector,
      })
      return { value: list }
    },
    () => collector.report('revocation_list', startedAt),
  )
}
