import { expect, it } from 'vitest'
import { runProcessBench } from '../../src/main/bench/processes/run.ts'
import { processBenchLines } from '../../src/main/cli/bench-lines.ts'
import { builtAgents, builtGuard, shippedScenarios } from '../support/repository.ts'

const paths = { scenarios: shippedScenarios, agents: builtAgents, guard: builtGuard, pages: builtAgents }

it('a mesh is measured beside bare processes that send exactly as many requests', async () => {
  const result = await runProcessBench({ name: 'mesh', agents: 3, mesh: true }, 1, paths)
  expect(result).toMatchObject({ agents: 3, handshakes: 6, rounds: 1 })
  expect(result.requests.floor).toEqual(result.requests.ours)
  // A look at the manifest, the introduction, and who is told to shake hands.
  expect(result.requests.ours).toMatchObject({ hostToAgent: 3 + 3 + 6, agentToAgent: 3 * 6 })
  for (const compared of [result.start, result.trust, result.stop, result.total]) {
    expect(compared?.oursMs).toBeGreaterThan(0)
    expect(compared?.floorMs).toBeGreaterThan(0)
  }
  expect(processBenchLines(result)[0]).toMatch(/^mesh: 3 agents, 6 handshakes in \d+ ms$/)
})

it('agents that are only started and stopped send nothing to each other', async () => {
  const result = await runProcessBench({ name: 'spawn', agents: 3, mesh: false }, 1, paths)
  expect(result).toMatchObject({ agents: 3, handshakes: 0, trust: null })
  expect(result.requests.ours).toEqual({ hostToAgent: 6, agentToAgent: 0, agentToHost: 0 })
  expect(result.requests.floor).toEqual(result.requests.ours)
})
