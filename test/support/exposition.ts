/** One series of a text exposition. */
export interface Series {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly series: readonly Series[]
}

const sample = /^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?<labels>.*)\})? (?<value>[^ ]+)$/s
const label = /^(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\\n]|\\\\|\\"|\\n)*)"/
const number = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$/i
const types = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped'])
const escaped = { '\\\\': '\\', '\\"': '"', '\\n': '\n' } as const

/**
 * Reads an exposition of the format 0.0.4 and takes nothing on trust: every family once, helped, typed and in one piece,
 * every series once, counters and buckets as they must be, no timestamps. Throws at the first fault and names the line.
 */
export function parseExposition(text: string): Family[] {
  if (!text.endsWith('\n')) throw new SyntaxError('the last line has no end')
  const families: { name: string; type: string; help: string; series: Series[] }[] = []
  const seen = new Set<string>()
  text
    .slice(0, -1)
    .split('\n')
    .forEach((line, index) => {
      const fault = (what: string) => new SyntaxError(`line ${index + 1}: ${what}: ${line}`)
      if (line === '') return
      const last = families.at(-1)
      const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line)
      if (comment) {
        const [, kind, name = '', rest = ''] = comment
        if (kind === 'HELP') {
          if (families.some((family) => family.name === name)) throw fault('a family comes twice')
          families.push({ name, type: '', help: rest, series: [] })
        } else if (last?.name !== name || last.type !== '' || last.series.length > 0) {
          throw fault('a type without its help just before')
        } else if (!types.has(rest)) throw fault('no such type')
        else last.type = rest
        return
      }
      const found = sample.exec(line)?.groups
      if (!found) throw fault('neither a comment nor a series')
      const { name = '', labels = '', value = '' } = found
      if (!last || last.type === '' || !belongs(name, last)) throw fault('a series outside its family')
      if (!number.test(value)) throw fault('no number')
      const series = { name, labels: readLabels(labels, fault), value: numberOf(value) }
      const key = JSON.stringify([name, Object.entries(series.labels).sort()])
      if (seen.has(key)) throw fault('a series comes twice')
      seen.add(key)
      if (last.type === 'counter' && !(series.value >= 0)) throw fault('a counter below zero')
      last.series.push(series)
    })
  for (const family of families) if (family.type === 'histogram') checkBuckets(family)
  return families
}

function belongs(name: string, { name: family, type }: { name: string; type: string }): boolean {
  const endings = type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
  return endings.some((ending) => name === family + ending)
}

function readLabels(text: string, fault: (what: string) => SyntaxError): Record<string, string> {
  const labels: Record<string, string> = {}
  let rest = text
  while (rest !== '') {
    const found = label.exec(rest)
    const { name = '', value = '' } = found?.groups ?? {}
    if (!found || Object.hasOwn(labels, name)) throw fault('labels that cannot be read')
    labels[name] = value.replace(/\\[\\"n]/g, (pair) => escaped[pair as keyof typeof escaped])
    rest = rest.slice(found[0].length)
    if (rest === '') break
    if (!rest.startsWith(',') || rest === ',') throw fault('labels that are not parted by commas')
    rest = rest.slice(1)
  }
  return labels
}

function numberOf(text: string): number {
  return /inf/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text)
}

/** Buckets only grow, end with `+Inf`, and that one is the count. */
function checkBuckets({ name, series }: Family): void {
  const bySet = Map.groupBy(series, ({ labels: { le: _le, ...rest } }) => JSON.stringify(rest))
  for (const [set, own] of bySet) {
    const buckets = own.filter((one) => one.name === `${name}_bucket`)
    const bounds = buckets.map(({ labels }) => numberOf(labels['le'] ?? ''))
    const counts = buckets.map(({ value }) => value)
    const rises = (list: readonly number[]) =>
      list.every((value, at) => at === 0 || value >= (list[at - 1] ?? 0))
    const total = own.find((one) => one.name === `${name}_count`)?.value
    if (!rises(bounds) || !rises(counts) || bounds.at(-1) !== Infinity || counts.at(-1) !== total)
      throw new SyntaxError(`the buckets of ${name} ${set} are no histogram`)
  }
}

/** How the existing web console reads the same text: `name{labels} number`, all label sets of a name added up. */
export function readAsOldConsole(text: string): Record<string, number> {
  const totals: Record<string, number> = {}
  for (const line of text.split('\n')) {
    const found = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{[^}]*\})?\s+([0-9.eE+-]+)$/.exec(line.trim())
    if (found) totals[String(found[1])] = (totals[String(found[1])] ?? 0) + Number(found[2])
  }
  return totals
}
