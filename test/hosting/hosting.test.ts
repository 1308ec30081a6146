import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createPortAllocator } from '../../src/main/hosting/ports.ts'
import { agentSeed } from '../../src/main/hosting/seeds.ts'
import { workerEnvironment } from '../../src/main/hosting/worker-environment.ts'

describe('agentSeed', () => {
  const owner = { org: 'internal', runId: 'run-1', agentId: 'writer' } as const

  it('is HMAC-SHA-256 over org:run_id:agent_id under the workspace secret', () => {
    const secret = new Uint8Array(32).fill(7)
    const expected = createHmac('sha256', secret).update('internal:run-1:writer').digest('hex')
    expect(agentSeed(secret, owner)).toBe(expected)
  })

  it('differs with each of its parts', () => {
    const secret = new Uint8Array(32).fill(7)
    const seeds = [
      agentSeed(secret, owner),
      agentSeed(new Uint8Array(32).fill(8), owner),
      agentSeed(secret, { ...owner, org: 'external' }),
      agentSeed(secret, { ...owner, runId: 'run-2' }),
      agentSeed(secret, { ...owner, agentId: 'researcher' }),
    ]
    expect(new Set(seeds).size).toBe(seeds.length)
  })
})

describe('createPortAllocator', () => {
  it('gives base + offset, and gives it again after its release (B-47)', () => {
    const ports = createPortAllocator(8100)
    expect([ports.allocate(0), ports.allocate(1)]).toEqual([8100, 8101])
    ports.release(8100)
    ports.release(8101)
    expect([ports.allocate(1), ports.allocate(0)]).toEqual([8101, 8100])
  })

  it('moves on from a port that another run has', () => {
    const ports = createPortAllocator(8100)
    expect([ports.allocate(0), ports.allocate(0), ports.allocate(1)]).toEqual([8100, 8101, 8102])
  })

  it('leaves the choice to the system for base 0 and beyond the last port', () => {
    expect(createPortAllocator(0).allocate(3)).toBe(0)
    expect(createPortAllocator(65_535).allocate(1)).toBe(0)
  })
})

describe('workerEnvironment', () => {
  const ours = {
    PATH: '/bin',
    HOME: '/h',
    NODE_OPTIONS: '--inspect',
    LD_PRELOAD: 'x.so',
    OPENAI_API_KEY: 'k',
    SECRET: 's',
  }

  it('is an allow list: nothing that could change what runs, and no key without a provider', () => {
    expect(workerEnvironment(ours, { AGENT_PORT: '1' }, 'generates')).toEqual({
      PATH: '/bin',
      HOME: '/h',
      AGENT_PORT: '1',
    })
  })

  it('passes provider settings on once a provider was chosen (B-45)', () => {
    expect(workerEnvironment({ ...ours, LLM_PROVIDER: 'openai' }, {}, 'generates')).toEqual({
      PATH: '/bin',
      HOME: '/h',
      LLM_PROVIDER: 'openai',
      OPENAI_API_KEY: 'k',
    })
  })
})
