import { join } from 'node:path'
import type { z } from 'zod'
import type { AgentManifestFile } from '../../../src/shared/agent-manifest.ts'

type Manifest = z.input<typeof AgentManifestFile>
type Host = NonNullable<Manifest['spec']['host']>

/** A manifest whose agent is a program: by default the worker beside this file, which can write. */
export function programManifest(
  args: readonly string[] = [foreignWorker],
  { host = {}, value = process.execPath }: { host?: Host; value?: string } = {},
): Manifest {
  return {
    apiVersion: 'aitp.dev/v1',
    kind: 'AgentManifest',
    metadata: { id: 'foreign', name: 'Foreign', framework: 'custom' },
    spec: {
      entrypoint: { type: 'command', value, args: [...args] },
      host,
      aitp: { offered_caps: ['write.content'], display_name: 'Foreign' },
    },
  }
}

export const foreignWorker = join(import.meta.dirname, 'worker.ts')
