import type { Handlers } from '../../../shared/contract.ts'
import { agentHandlers } from './agents.ts'
import { controlPlaneHandlers } from './control-plane.ts'
import { controlPlaneScreenHandlers } from './control-plane-screens.ts'
import type { HandlerParts } from './parts.ts'
import { runHandlers } from './runs.ts'
import { scenarioHandlers } from './scenarios.ts'
import { serviceHandlers } from './service.ts'

export type { HandlerParts } from './parts.ts'

/** Fulfils the contract; knows no transport. */
export function createHandlers(parts: HandlerParts): Handlers {
  return {
    ...serviceHandlers(parts),
    ...scenarioHandlers(parts),
    ...runHandlers(parts),
    ...agentHandlers(parts),
    ...controlPlaneScreenHandlers(parts),
    ...controlPlaneHandlers(parts),
  }
}
