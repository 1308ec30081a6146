import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startCollector } from '../support/collector.ts'
import { runCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { builtCli, researchAndWrite } from '../support/repository.ts'

/** The files of the built program in which the exporter is. */
function exporterFiles(): string[] {
  const folder = join(dirname(builtCli), 'chunks')
  return readdirSync(folder).filter(
    (name) => name.endsWith('.js') && readFileSync(join(folder, name), 'utf8').includes('OTLPTraceExporter'),
  )
}

/** Runs a scenario with the built program, and gives the files of it that were loaded. */
async function loadedBy(environment: Record<string, string>): Promise<string> {
  const folder = temporaryFolder()
  const list = join(folder, 'loaded')
  const hook = join(folder, 'hook.mjs')
  writeFileSync(
    hook,
    `import { appendFileSync } from 'node:fs'
     import { registerHooks } from 'node:module'
     registerHooks({ load(url, context, next) { appendFileSync(${JSON.stringify(list)}, url + '\\n'); return next(url, context) } })`,
  )
  const { code } = await runCli(['run', researchAndWrite, '--input', 'topic=traces', '--json'], {
    home: temporaryFolder(),
    environment: { NODE_OPTIONS: `--import=${hook}`, ...environment },
  })
  expect(code).toBe(0)
  return readFileSync(list, 'utf8')
}

describe('the exporter of traces', () => {
  it('is in one file of its own, which is not loaded unless somebody configured a collector', async () => {
    const files = exporterFiles()
    expect(files).toHaveLength(1)
    const off = await loadedBy({})
    expect(off).toContain('cli.js')
    expect(off).not.toContain(files[0])
    const { endpoint, spans } = await startCollector()
    const on = await loadedBy({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint}/v1/traces` })
    expect(on).toContain(files[0])
    expect(spans().length).toBeGreaterThan(10)
  })
})
