import type { AgentManifestFile } from '../../shared/agent-manifest.ts'
import type { ScenarioFile } from '../../shared/scenario.ts'
import type { HandshakeStep, Step, WorkflowStep } from '../../shared/steps.ts'
import { suggestion } from './nearest.ts'
import { checkPlaceholders } from './placeholders.ts'
import type { Problem } from './problem.ts'
import type { Path } from './source.ts'

/** The manifest behind an agent's `ref`, or why there is none. */
export type FindManifest = (ref: string) => AgentManifestFile | Pick<Problem, 'rule' | 'message'>

/** The rules between the parts of a scenario, which its schema cannot see. Templates are held to them merged. */
export function checkScenario(scenario: ScenarioFile, findManifest: FindManifest): Problem[] {
  const { agents, workflow } = scenario.spec
  const problems = [
    ...duplicates('duplicate-agent', ['spec', 'agents'], agents),
    ...duplicates('duplicate-step', ['spec', 'workflow', 'steps'], workflow.steps),
  ]
  const offered = new Map<string, readonly string[]>()
  let allOffersKnown = true
  for (const [index, { id, ref }] of agents.entries()) {
    const manifest = findManifest(ref)
    if ('rule' in manifest) {
      allOffersKnown = false
      problems.push({ ...manifest, path: ['spec', 'agents', index, 'ref'] })
    } else if (!offered.has(id)) offered.set(id, manifest.spec.aitp.offered_caps)
  }
  const context = { scenario, offered, allOffersKnown }
  for (const [index, step] of workflow.steps.entries()) {
    problems.push(...checkStep(step, index, context))
  }
  return problems
}

interface Context {
  readonly scenario: ScenarioFile
  /** By agent id; without the agents whose manifest could not be read. */
  readonly offered: ReadonlyMap<string, readonly string[]>
  readonly allOffersKnown: boolean
}

function checkStep(step: Step, index: number, context: Context): Problem[] {
  const path = ['spec', 'workflow', 'steps', index]
  switch (step.type) {
    case 'meta':
      return []
    case 'workflow':
      return checkWorkflow(step, index, path, context)
    case 'handshake':
      return checkHandshake(step, path, context)
  }
}

function checkWorkflow(step: WorkflowStep, index: number, path: Path, context: Context): Problem[] {
  const { scenario } = context
  const problems = [
    ...knownAgent(step.agent, [...path, 'agent'], scenario),
    ...(step.target_agent === undefined
      ? []
      : knownAgent(step.target_agent, [...path, 'target_agent'], scenario)),
    ...checkCapability(step, path, context),
  ]
  if (step.input_from !== undefined) problems.push(...checkInputFrom(step.input_from, index, path, scenario))
  if (step.input_template !== undefined) {
    problems.push(...checkPlaceholders(step.input_template, [...path, 'input_template'], scenario))
  }
  return problems
}

function checkCapability(
  step: WorkflowStep,
  path: Path,
  { scenario, offered, allOffersKnown }: Context,
): Problem[] {
  const { agent, capability, target_agent: target } = step
  const offers = (id: string) => offered.get(id)?.includes(capability)
  if (!isAgent(agent, scenario)) return []
  const callee = offers(agent) ? agent : target
  if (callee === undefined) {
    if (!allOffersKnown || [...offered.keys()].some(offers)) return []
    const all = [...new Set([...offered.values()].flat())]
    const message = `No agent of this scenario offers ${capability}.${suggestion(capability, all)}`
    return [{ rule: 'capability', path: [...path, 'capability'], message }]
  }
  if (!offered.has(callee) || offers(callee)) return []
  const message = `Agent ${callee} does not offer ${capability}, but ${offered.get(callee)?.join(', ') || 'nothing'}.`
  return [{ rule: 'capability', path: [...path, 'capability'], message }]
}

function checkInputFrom(from: string, index: number, path: Path, scenario: ScenarioFile): Problem[] {
  const { steps } = scenario.spec.workflow
  const at = steps.findIndex(({ id }) => id === from)
  const earlier = steps.slice(0, index).filter(({ type }) => type !== 'meta')
  if (earlier.some(({ id }) => id === from)) return []
  const why =
    at === -1
      ? `There is no step ${from}.${suggestion(
          from,
          earlier.map(({ id }) => id),
        )}`
      : at >= index
        ? `Step ${from} does not come before this one.`
        : `Step ${from} is a meta step and has no output.`
  return [{ rule: 'input-from', path: [...path, 'input_from'], message: why }]
}

function checkHandshake(step: HandshakeStep, path: Path, { scenario, offered }: Context): Problem[] {
  const { initiator, responder, requested_grants: grants = [] } = step
  const problems = [
    ...knownAgent(initiator, [...path, 'initiator'], scenario),
    ...knownAgent(responder, [...path, 'responder'], scenario),
  ]
  if (initiator === responder) {
    const message = `Agent ${initiator} cannot shake hands with itself.`
    problems.push({ rule: 'handshake-self', path: [...path, 'responder'], message })
  }
  const caps = offered.get(responder)
  for (const [index, grant] of grants.entries()) {
    if (caps === undefined || caps.includes(grant)) continue
    const message = `Agent ${responder} does not offer ${grant}, but ${caps.join(', ') || 'nothing'}.`
    problems.push({ rule: 'requested-grants', path: [...path, 'requested_grants', index], message })
  }
  return problems
}

function isAgent(id: string, { spec }: ScenarioFile): boolean {
  return spec.agents.some((agent) => agent.id === id)
}

function knownAgent(id: string, path: Path, scenario: ScenarioFile): Problem[] {
  if (isAgent(id, scenario)) return []
  const ids = scenario.spec.agents.map((agent) => agent.id)
  const message = `There is no agent ${id} in this scenario; there are ${ids.join(', ')}.`
  return [{ rule: 'unknown-agent', path, message }]
}

function duplicates(rule: Problem['rule'], path: Path, entries: readonly { id: string }[]): Problem[] {
  return entries.flatMap(({ id }, index) => {
    const first = entries.findIndex((entry) => entry.id === id)
    if (first === index) return []
    const message = `The id ${id} is already that of entry ${first + 1}.`
    return [{ rule, path: [...path, index, 'id'], message }]
  })
}
