import type { z } from 'zod'
import { agentCalls } from './contract/agents.ts'
import { controlPlaneCalls } from './contract/control-plane.ts'
import { controlPlaneScreenCalls } from './contract/control-plane-screens.ts'
import type { Call } from './contract/define.ts'
import { runCalls } from './contract/runs.ts'
import { scenarioCalls } from './contract/scenarios.ts'
import { serviceCalls } from './contract/service.ts'

export { RunningAgent } from './contract/agents.ts'
export type { DelegationQuery, ReplayQuery, TctQuery, WebhookDelivery } from './contract/control-plane.ts'
export { Retention, RunControl, RunCreated, RunFilter, StartRun } from './contract/runs.ts'
export { MergedScenario, ScenarioDetail, ScenarioListEntry } from './contract/scenarios.ts'
export { Capabilities } from './contract/service.ts'

/** The only list of what the interface can ask and hear; handlers, routes, IPC and clients follow from it. */
export const contract = {
  ...serviceCalls,
  ...scenarioCalls,
  ...runCalls,
  ...agentCalls,
  ...controlPlaneScreenCalls,
  ...controlPlaneCalls,
} as const

export type Contract = typeof contract
export type CallName = {
  [Name in keyof Contract]: Contract[Name]['shape'] extends 'call' ? Name : never
}[keyof Contract]
export type StreamName = Exclude<keyof Contract, CallName>

export type CallInput<Name extends CallName> = z.input<Contract[Name]['input']>
export type CallArguments<Name extends CallName> = z.output<Contract[Name]['input']>
export type CallOutput<Name extends CallName> =
  Contract[Name] extends Call<z.ZodType, infer Output> ? z.output<Output> : never
export type StreamInput<Name extends StreamName> = z.input<Contract[Name]['input']>
export type StreamArguments<Name extends StreamName> = z.output<Contract[Name]['input']>
export type StreamItem<Name extends StreamName> = z.output<Contract[Name]['item']>

/** The part of `AbortSignal` that a stream needs; this folder has no DOM and no Node. */
export interface StopSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
}

/** What the host fulfils. Handlers know no transport: parsed input in, output or {@link AppError} out. */
export type Handlers = { [Name in CallName]: (input: CallArguments<Name>) => Promise<CallOutput<Name>> } & {
  [Name in StreamName]: (input: StreamArguments<Name>, signal: StopSignal) => AsyncIterable<StreamItem<Name>>
}

export const callNames = Object.keys(contract).filter(
  (name): name is CallName => contract[name as keyof Contract].shape === 'call',
)
export const streamNames = Object.keys(contract).filter(
  (name): name is StreamName => contract[name as keyof Contract].shape === 'stream',
)
