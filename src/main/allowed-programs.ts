import { readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { AgentManifestFile } from '../shared/agent-manifest.ts'
import { AppError } from '../shared/errors.ts'

/** Which scenarios folders may start programs of their own; a person was asked once for each. */
export interface AllowedPrograms {
  readonly file: string
  /** Real paths. */
  roots(): readonly string[]
  /** Remembers a scenarios folder, by its real path. */
  allow(scenariosDir: string): void
  /** Throws `programs_not_allowed` when an agent is a program of a folder that was not allowed. */
  require(scenariosDir: string, manifests: Readonly<Record<string, AgentManifestFile>>): void
}

const AllowedFile = z.object({ scenarios: z.array(z.string()) })

/** @param dataDir the data folder, which need not be there yet */
export function allowedPrograms(dataDir: string): AllowedPrograms {
  const file = join(dataDir, 'allowed-programs.json')
  // Read each time: any process of this data folder may add to it.
  const roots = () => read(file)
  return {
    file,
    roots,
    allow(scenariosDir) {
      const root = realpathSync(scenariosDir)
      const known = roots()
      if (known.includes(root)) return
      const draft = `${file}.${process.pid}`
      writeFileSync(draft, JSON.stringify({ scenarios: [...known, root] }, null, 2), { mode: 0o600 })
      renameSync(draft, file)
    },
    require(scenariosDir, manifests) {
      const [first] = Object.entries(manifests).flatMap(([agentId, { spec }]) =>
        spec.entrypoint.type === 'command' ? [{ agentId, program: spec.entrypoint }] : [],
      )
      const root = realpathSync(scenariosDir)
      if (first === undefined || roots().includes(root)) return
      const { agentId, program } = first
      throw new AppError(
        'programs_not_allowed',
        `Agent ${agentId} is the program "${[program.value, ...program.args].join(' ')}", and nobody has allowed the scenarios in ${root} to start programs; if you trust them, run them once with --allow-programs.`,
        { details: { agent_id: agentId, program: program.value, args: program.args, scenarios: root } },
      )
    },
  }
}

/** What cannot be read allows nothing. */
function read(file: string): readonly string[] {
  try {
    return AllowedFile.parse(JSON.parse(readFileSync(file, 'utf8'))).scenarios
  } catch {
    return []
  }
}
