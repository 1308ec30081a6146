import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { isKebabCase } from './load-version.ts'

export interface NewScenario {
  /** The scenarios root that it becomes part of. */
  readonly root: string
  /** `<pack>/<scenario>@<version>` */
  readonly ref: string
  /** The scenarios root that has the agents of the skeleton; what is missing of them is taken from there. */
  readonly shipped: string
}

const agents = ['researcher', 'writer'] as const

/**
 * Writes a scenario of two agents that runs as it is, and the pack and agents it needs where they are not there yet.
 *
 * @returns what was written, relative to the root. Throws `usage` for a ref that is none and for one that is there.
 */
export function createScenario({ root, ref, shipped }: NewScenario): string[] {
  const { pack, scenario, version } = partsOf(ref)
  if (!existsSync(root)) {
    throw new AppError(
      'registry_validation_error',
      `There is no scenarios folder ${root}; make it, or name one with --scenarios.`,
    )
  }
  const folder = `${pack}/${scenario}/${version}`
  if (existsSync(join(root, folder))) {
    throw new AppError(
      'usage',
      `${folder} is there already and stays as it is; choose another version or name.`,
    )
  }
  const written: string[] = []
  const once = (path: string, write: (file: string) => void) => {
    const file = join(root, path)
    if (existsSync(file)) return
    mkdirSync(dirname(file), { recursive: true })
    write(file)
    written.push(path)
  }
  for (const name of agents) {
    const path = `_shared/agents/${name}.yaml`
    once(path, (file) => cpSync(join(shipped, path), file, { errorOnExist: true }))
  }
  once(`${pack}/pack.yaml`, (file) => writeFileSync(file, packText(pack), { flag: 'wx' }))
  once(`${folder}/scenario.yaml`, (file) =>
    writeFileSync(file, scenarioText(pack, scenario, version), { flag: 'wx' }),
  )
  return written
}

function partsOf(ref: string): { pack: string; scenario: string; version: string } {
  const {
    pack = '',
    scenario = '',
    version = '',
  } = /^(?<pack>[^/@]+)\/(?<scenario>[^/@]+)@(?<version>\d+\.\d+\.\d+)$/.exec(ref)?.groups ?? {}
  if (isKebabCase(pack) && isKebabCase(scenario)) return { pack, scenario, version }
  throw new AppError(
    'usage',
    `"${ref}" is no reference for a scenario; write <pack>/<scenario>@<version>, such as my-pack/first-talk@1.0.0.`,
  )
}

function packText(pack: string): string {
  return `apiVersion: aitp.dev/v1
kind: ScenarioPack
metadata:
  slug: ${pack}
  name: ${title(pack)}
`
}

/** Like the scenarios that ship: a call that is refused, trust, and the same call again. */
function scenarioText(pack: string, scenario: string, version: string): string {
  return `apiVersion: aitp.dev/v1
kind: ScenarioVersion
metadata:
  pack: ${pack}
  scenario: ${scenario}
  version: ${version}
  name: ${title(scenario)}
  summary: A call without a token is refused; after a handshake the same call is carried out.
spec:
  inputs:
    schema:
      type: object
      additionalProperties: false
      required: [topic]
      properties:
        topic:
          type: string
          minLength: 1
          default: trust between agents
          description: What the agents work on.
  agents:
    - { id: caller, ref: _shared/agents/researcher, port_offset: 0 }
    - { id: writer, ref: _shared/agents/writer, port_offset: 1 }
  trust:
    boundary: intra_org
    discovery: static
    eager: false
  strict: true
  expected:
    summary: The first call is refused with 403, the second is answered.
  workflow:
    steps:
      - id: without_token
        type: capability_call_no_trust
        agent: caller
        target_agent: writer
        capability: write.content
        expect_status: 403
        description: The caller knows the address of the writer, and has no token.
      - id: trust
        type: handshake
        initiator: caller
        responder: writer
        description: The caller proves who it is and is granted a token.
      - id: write
        type: workflow
        agent: caller
        capability: write.content
        input_template: "{{ inputs.topic }}"
        description: The same call, now with the token.
        assert:
          - { path: article, exists: true }
`
}

/** `my-first-talk` as `My First Talk`. */
function title(slug: string): string {
  return slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
}
