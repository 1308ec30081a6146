import { statSync, symlinkSync, writeFileSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allowedPrograms } from '../../src/main/allowed-programs.ts'
import { examine } from '../../src/main/doctor.ts'
import { AgentManifestFile } from '../../src/shared/agent-manifest.ts'
import { temporaryFolder } from '../support/folders.ts'
import { programManifest } from '../support/foreign/manifest.ts'
import { builtAgents, builtGuard, shippedScenarios } from '../support/repository.ts'

const manifests = { foreign: AgentManifestFile.parse(programManifest(['a.py'], { value: 'python3' })) }

describe('allowed programs', () => {
  it('are those of a folder by its real path, whatever name it is given', async () => {
    const [dataDir, root, elsewhere] = [temporaryFolder(), temporaryFolder(), temporaryFolder()]
    const link = join(elsewhere, 'link')
    symlinkSync(root, link)
    const programs = allowedPrograms(dataDir)
    expect(() => programs.require(link, manifests)).toThrow('"python3 a.py"')
    programs.allow(link)
    programs.allow(root)
    expect(programs.roots()).toEqual([await realpath(root)])
    expect(() => programs.require(root, manifests)).not.toThrow()
    expect(() => programs.require(elsewhere, manifests)).toThrow('--allow-programs')
    expect(() => programs.require(elsewhere, {})).not.toThrow()
  })

  it('are known to this user only, and what cannot be read allows nothing', () => {
    const [dataDir, root] = [temporaryFolder(), temporaryFolder()]
    const programs = allowedPrograms(dataDir)
    programs.allow(root)
    expect(statSync(programs.file).mode & 0o777).toBe(0o600)
    writeFileSync(programs.file, '{"scenarios": "all"}')
    expect(() => programs.require(root, manifests)).toThrow('--allow-programs')
  })

  it('are listed by doctor, with how to take them back', async () => {
    const [dataDir, root] = [temporaryFolder(), temporaryFolder()]
    const look = async () => {
      const findings = await examine({
        dataDir,
        scenariosDir: shippedScenarios,
        paths: { scenarios: shippedScenarios, agents: builtAgents, guard: builtGuard, pages: builtAgents },
        environment: {},
      })
      return findings.find(({ name }) => name === 'programs of scenarios')
    }
    expect(await look()).toMatchObject({ state: 'ok', found: 'none are allowed', mend: null })
    allowedPrograms(dataDir).allow(root)
    expect(await look()).toMatchObject({
      found: `allowed for ${await realpath(root)}`,
      mend: expect.stringContaining(allowedPrograms(dataDir).file),
    })
  })
})
