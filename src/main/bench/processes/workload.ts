/** What a benchmark of processes does, on either side. */
export interface Workload {
  readonly name: 'mesh' | 'spawn'
  readonly agents: number
  /** Whether all of them shake hands with each other, both ways. */
  readonly mesh: boolean
}

/** What came of one round of one side; milliseconds. */
export interface Round {
  readonly startMs: number
  readonly trustMs: number
  readonly stopMs: number
  readonly requests: Requests
}

export interface Requests {
  readonly hostToAgent: number
  readonly agentToAgent: number
  readonly agentToHost: number
}

export const workloads: readonly Workload[] = [
  { name: 'mesh', agents: 20, mesh: true },
  { name: 'spawn', agents: 50, mesh: false },
]
