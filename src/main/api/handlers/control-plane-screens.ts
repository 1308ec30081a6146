import type { controlPlaneScreenCalls } from '../../../shared/contract/control-plane-screens.ts'
import { projectionsOf } from '../../control-plane/lens/of-run.ts'
import { recordsOf, revocationListOf, statusOf, webhooksOf } from '../../control-plane/screens.ts'
import type { HandlerParts, HandlersOf } from './parts.ts'

export function controlPlaneScreenHandlers({
  aitp,
  controlPlanes,
  store,
  reports,
}: HandlerParts): HandlersOf<typeof controlPlaneScreenCalls> {
  const theOne = () => controlPlanes.of(undefined)
  return {
    controlPlaneStatus: () => statusOf(theOne()),
    controlPlaneRegistry: () => recordsOf(theOne(), '/api/registry/agents?status=all', 'agents'),
    controlPlaneSessions: () => recordsOf(theOne(), '/api/sessions?limit=200', 'sessions'),
    controlPlaneWebhooks: () => webhooksOf(theOne()),
    controlPlaneAudit: () => recordsOf(theOne(), '/api/audit?limit=200', 'entries'),
    controlPlaneRevocations: () => revocationListOf(aitp, theOne()),
    runProjections: ({ run_id }) => {
      const run = store.get(run_id)
      return projectionsOf(run, reports.list(run_id), controlPlanes.ofRun(run))
    },
  }
}
