import type { Agent } from '../agent.ts'

/** What a call of a capability needs. */
export interface Requirement {
  /** The capability without the mark, by which the agent's code knows it. */
  readonly capability: string
  /** The grant that the token must hold. */
  readonly grant: string
  /** Whether who presents the token must show that he holds its key. */
  readonly possession: boolean
}

/** The end of a grant that is no good without proof of possession (RFC-AITP-0005 §6). */
const mark = '#pop_required'

export function requirementOf({ identity, policy }: Agent, called: string): Requirement {
  const capability = called.endsWith(mark) ? called.slice(0, -mark.length) : called
  const marked = `${capability}${mark}`
  const offered = identity.manifest().verified.body.offered_capabilities
  if (called === marked || offered.includes(marked)) return { capability, grant: marked, possession: true }
  return { capability, grant: capability, possession: policy.pop === 'required' }
}
