import type { AgentManifestFile } from '../../../shared/agent-manifest.ts'
import type { AgentSpec, ScenarioFile } from '../../../shared/scenario.ts'
import type { SingleStep, Step } from '../../../shared/steps.ts'
import type { Problem } from '../problem.ts'
import type { Path } from '../source.ts'
import { checkAgents } from './agents.ts'
import { checkCapabilities } from './capabilities.ts'
import type { StepContext } from './context.ts'
import { checkFault } from './faults.ts'
import { checkTemplates } from './placeholders.ts'
import { checkReferences } from './references.ts'

/** The manifest behind an agent's `ref`, or why there is none. */
export type FindManifest = (ref: string) => AgentManifestFile | Pick<Problem, 'rule' | 'message'>

/** The rules between the parts of a scenario, which its schema cannot see. Templates are held to them merged. */
export function checkScenario(scenario: ScenarioFile, findManifest: FindManifest): Problem[] {
  const { agents, workflow } = scenario.spec
  const placed = placedSteps(workflow.steps)
  const offered = new Map<string, readonly string[]>()
  const problems = [
    ...duplicates(
      'duplicate-agent',
      agents.map(({ id }, index) => ({ id, path: ['spec', 'agents', index, 'id'] })),
    ),
    ...duplicates('duplicate-step', [
      ...workflow.steps.flatMap((step, index) =>
        step.type === 'parallel' ? [{ id: step.id, path: [...stepPath(index), 'id'] }] : [],
      ),
      ...placed.map(({ step, path }) => ({ id: step.id, path: [...path, 'id'] })),
    ]),
    ...checkDiscovery(scenario),
  ]
  for (const [index, agent] of agents.entries()) {
    const path = ['spec', 'agents', index]
    if (agent.ref === undefined) {
      problems.push(...checkRemote(agent, path))
      continue
    }
    const manifest = findManifest(agent.ref)
    if ('rule' in manifest) {
      problems.push({ ...manifest, path: [...path, 'ref'] })
      continue
    }
    if (!offered.has(agent.id)) offered.set(agent.id, manifest.spec.aitp.offered_caps)
    problems.push(...checkSuite(agent, manifest, path))
  }
  const all = placed.map(({ step }) => step)
  for (const { step, path, group } of placed) {
    if (step.type === 'meta') continue
    const earlier = placed.filter((other) => other.group < group).map((other) => other.step)
    problems.push(...checkStep(step, path, { scenario, offered, earlier, all }))
  }
  return problems
}

interface PlacedStep {
  readonly step: Exclude<Step, { type: 'parallel' }>
  readonly path: Path
  /** Place in the workflow; members of one group share it. */
  readonly group: number
}

function placedSteps(steps: readonly Step[]): PlacedStep[] {
  return steps.flatMap((step, group): PlacedStep[] => {
    const path = stepPath(group)
    if (step.type !== 'parallel') return [{ step, path, group }]
    return step.steps.map((inner, index) => ({ step: inner, path: [...path, 'steps', index], group }))
  })
}

function stepPath(index: number): (string | number)[] {
  return ['spec', 'workflow', 'steps', index]
}

function checkStep(step: SingleStep, path: Path, context: StepContext): Problem[] {
  return [
    ...checkAgents(step, path, context),
    ...checkCapabilities(step, path, context),
    ...checkReferences(step, path, context),
    ...checkFault(step, path, context),
    ...checkTemplates(step, path, context),
    ...checkAssertions(step, path),
  ]
}

function checkAssertions(step: SingleStep, path: Path): Problem[] {
  if (!('assert' in step) || step.assert === undefined) return []
  return step.assert.flatMap(({ path: _path, ...demands }, index) => {
    if (Object.values(demands).some((demand) => demand !== undefined)) return []
    const message = 'The assertion demands nothing; give it equals, not_equals, contains or exists.'
    return [{ rule: 'assertion' as const, path: [...path, 'assert', index], message }]
  })
}

function checkSuite({ signing_suite }: AgentSpec, { spec }: AgentManifestFile, path: Path): Problem[] {
  if ((signing_suite ?? spec.aitp.signing_suite) !== 'p256' || spec.aitp.identity_type === 'oidc') return []
  const message = 'P-256 needs an OIDC identity: the hint of a pinned key holds an Ed25519 key.'
  return [
    { rule: 'signing-suite', path: [...path, signing_suite === null ? 'ref' : 'signing_suite'], message },
  ]
}

function checkRemote({ id, pinned_aid }: AgentSpec, path: Path): Problem[] {
  if (pinned_aid !== null) return []
  const message = `Agent ${id} runs elsewhere and has no pinned_aid: whoever answers at its address is taken for it.`
  return [{ rule: 'unpinned-agent', path: [...path, 'manifest_url'], message }]
}

function checkDiscovery({ spec }: ScenarioFile): Problem[] {
  if (spec.trust.discovery !== 'did_web' || spec.agents.some(({ did_web_host }) => did_web_host !== null))
    return []
  const message = 'No agent has a did_web_host, so every address is taken as for static discovery.'
  return [{ rule: 'did-web-host', path: ['spec', 'trust', 'discovery'], message }]
}

function duplicates(rule: Problem['rule'], entries: readonly { id: string; path: Path }[]): Problem[] {
  return entries.flatMap(({ id, path }, index) => {
    const first = entries.findIndex((entry) => entry.id === id)
    if (first === index) return []
    return [{ rule, path, message: `The id ${id} is already that of another entry.` }]
  })
}
