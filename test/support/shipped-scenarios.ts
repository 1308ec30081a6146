import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { parse, stringify } from 'yaml'
import { shippedScenarios } from './repository.ts'

/** What a scenario file or a template says, as it is written. */
export interface WrittenSpec {
  agents?: Record<string, unknown>[]
  trust?: Record<string, unknown>
  workflow?: { steps: WrittenStep[] }
}

export type WrittenStep = Record<string, unknown> & { id: string }

/** Puts a copy of the shipped scenarios into a folder, and gives their root. */
export function copyShipped(folder: string): string {
  const root = join(folder, 'scenarios')
  cpSync(shippedScenarios, root, { recursive: true })
  return root
}

/** Where a scenario, or one of its templates, is written; relative to the root. */
export function fileOf(ref: string, template?: string): string {
  const file = template === undefined ? 'scenario.yaml' : `templates/${template}.yaml`
  return `${ref.replace('@', '/')}/${file}`
}

/** The steps of a shipped scenario as they are written. */
export function stepsOf(ref: string): WrittenStep[] {
  const { spec } = parse(readFileSync(join(shippedScenarios, fileOf(ref)), 'utf8'))
  return spec.workflow.steps
}

/** Changes one file below a root until the test is over. */
export function alter(root: string, file: string, change: (spec: WrittenSpec) => void): void {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  const document = parse(text)
  change(document.spec)
  writeFileSync(path, stringify(document))
  onTestFinished(() => writeFileSync(path, text))
}

/** Removes a step. Throws when there is none of that id. */
export function withoutStep(id: string): (spec: WrittenSpec) => void {
  return (spec) => {
    const steps = spec.workflow?.steps ?? []
    const at = steps.findIndex((step) => step.id === id)
    if (at === -1) throw new Error(`there is no step ${id}`)
    steps.splice(at, 1)
  }
}

/** Removes a member that a step has. */
export function withoutMember(id: string, member: string): (spec: WrittenSpec) => void {
  return (spec) => {
    const step = spec.workflow?.steps.find((each) => each.id === id)
    if (step === undefined || !Object.hasOwn(step, member)) throw new Error(`step ${id} has no ${member}`)
    delete step[member]
  }
}

/** Sets a member of `trust` to something else than it is. */
export function withTrust(member: string, value: unknown): (spec: WrittenSpec) => void {
  return (spec) => {
    if (spec.trust?.[member] === value) throw new Error(`trust.${member} is ${value} already`)
    spec.trust = { ...spec.trust, [member]: value }
  }
}

/** Sets a member of every agent that has it. */
export function withAgents(member: string, value: unknown): (spec: WrittenSpec) => void {
  return (spec) => {
    const having = spec.agents?.filter((agent) => Object.hasOwn(agent, member)) ?? []
    if (having.length === 0) throw new Error(`no agent has ${member}`)
    for (const agent of having) agent[member] = value
  }
}
