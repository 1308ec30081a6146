import { type Profiler, Session } from 'node:inspector'

/** A function and its share of the time, without what it called. */
export interface ProfileRow {
  readonly name: string
  readonly share: number
}

/** Where the time of a piece of work goes, the most expensive functions first. */
export function profile(act: () => void, forMs: number): readonly ProfileRow[] {
  const session = new Session()
  session.connect()
  try {
    session.post('Profiler.enable')
    session.post('Profiler.setSamplingInterval', { interval: 200 })
    session.post('Profiler.start')
    const end = performance.now() + forMs
    while (performance.now() < end) act()
    return rowsOf(stopped(session))
  } finally {
    session.disconnect()
  }
}

/** In the same process the inspector answers before `post` returns. */
function stopped(session: Session): Profiler.Profile {
  const answers: Profiler.Profile[] = []
  session.post('Profiler.stop', (_, answer) => answers.push(answer.profile))
  const [answer] = answers
  if (answer === undefined) throw new TypeError('the profiler gave no profile')
  return answer
}

function rowsOf({ nodes, samples = [] }: Profiler.Profile): readonly ProfileRow[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const counts = new Map<string, number>()
  for (const id of samples) {
    const name = names.get(id) ?? '(unknown)'
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts]
    .map(([name, count]) => ({ name, share: count / samples.length }))
    .sort((left, right) => right.share - left.share)
}

/** `run` alone says little; `run node:internal/crypto/sig` does. */
function nameOf({ functionName, url }: Profiler.Profile['nodes'][number]['callFrame']): string {
  const place = url.startsWith('node:') ? url : (url.split('/').at(-1) ?? '')
  return `${functionName || '(anonymous)'} ${place}`.trim()
}
