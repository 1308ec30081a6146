import type { Command } from 'commander'
import type { Step } from '../../../shared/steps.ts'
import { requireProgram } from '../../hosting/worker-program.ts'
import {
  effectiveInputs,
  findScenario,
  loadRegistry,
  type Registry,
  type ResolvedScenario,
} from '../../registry/index.ts'
import { type ConsoleOptions, consoleOptions, scenariosDir } from '../console-options.ts'
import { inputOption, parseInputs } from '../inputs-option.ts'
import type { Terminal } from '../terminal.ts'

interface DryRunOptions extends ConsoleOptions {
  readonly input: readonly string[]
  readonly template?: string
}

export function addDryRun(program: Command, terminal: Terminal): void {
  consoleOptions(program.command('dry-run'))
    .description('resolves everything a run would start from, and starts nothing')
    .argument('<ref>', '<pack>/<scenario>@<version>')
    .addOption(inputOption())
    .option('--template <name>', 'a template of the scenario')
    .option('--json', 'one JSON object')
    .action(async (ref: string, options: DryRunOptions) => {
      const root = await scenariosDir(options, terminal)
      const registry = loadRegistry(root)
      const resolved = findScenario(registry, ref, options.template ?? null)
      const { paths, environment } = terminal
      const places = { agentsDir: paths.agents, guardFile: paths.guard, scenariosDir: root, environment }
      for (const [agentId, manifest] of Object.entries(resolved.manifests))
        requireProgram(agentId, manifest, places)
      const inputs = parseInputs(options.input, resolved.scenario.spec.inputs.schema)
      const plan = planOf(resolved, effectiveInputs(resolved.scenario, inputs), templatesOf(registry, ref))
      if (options.json) terminal.write(`${JSON.stringify(plan, null, 2)}\n`)
      else for (const line of lines(plan)) terminal.write(`${line}\n`)
    })
}

function planOf(
  { ref, template, scenario: { metadata, spec }, manifests }: ResolvedScenario,
  inputs: Readonly<Record<string, unknown>>,
  templates: readonly string[],
) {
  const ours = spec.agents.filter(({ ref }) => ref !== undefined)
  return {
    ref,
    template,
    name: metadata.name,
    trust: spec.trust,
    /** Each of ours shakes hands with every other agent. */
    handshakes_before_steps: spec.trust.eager ? ours.length * (spec.agents.length - 1) : 0,
    inputs,
    agents: spec.agents.map((agent) => ({ ...agent, manifest: manifests[agent.id] ?? null })),
    steps: spec.workflow.steps,
    strict: spec.strict,
    expected: spec.expected ?? null,
    templates,
  }
}

type Plan = ReturnType<typeof planOf>

function lines({
  ref,
  template,
  name,
  trust,
  inputs,
  agents,
  steps,
  expected,
  templates,
  ...plan
}: Plan): string[] {
  return [
    `${ref}${template === null ? '' : ` (template ${template})`}: ${name}`,
    `trust: ${trust.boundary}, discovery ${trust.discovery}, ${plan.handshakes_before_steps} handshakes before the first step, proof of possession ${trust.pop}`,
    ...Object.entries(inputs).map(([input, value]) => `input ${input}: ${JSON.stringify(value)}`),
    ...agents.map(({ id, manifest, manifest_url }) =>
      manifest === null
        ? `agent ${id}: runs elsewhere, ${manifest_url}`
        : `agent ${id}: ${manifest.spec.entrypoint.value} (${manifest.metadata.framework}), offers ${manifest.spec.aitp.offered_caps.join(', ') || 'nothing'}`,
    ),
    ...steps.flatMap((step) => stepLines(step)),
    ...(templates.length === 0 ? [] : [`templates: ${templates.join(', ')}`]),
    expected === null
      ? 'expected: the scenario does not say'
      : `expected: ${expected.status}. ${expected.summary}`,
  ]
}

/** What a step says of itself, as its file names it; members of a group below it. */
function stepLines(step: Step, indent = ''): string[] {
  const { id, type, description: _description, ...members } = step
  const own = Object.entries(members)
    .filter(([member]) => member !== 'steps' && member !== 'assert')
    .map(([member, value]) => ` ${member}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const inner =
    step.type === 'parallel' ? step.steps.flatMap((member) => stepLines(member, `${indent}  `)) : []
  return [`${indent}step ${id}: ${type}${own.join('')}`, ...inner]
}

function templatesOf({ scenarios }: Registry, ref: string): string[] {
  return scenarios.flatMap((version) =>
    version.ref === ref ? version.templates.map(({ metadata }) => metadata.name) : [],
  )
}
