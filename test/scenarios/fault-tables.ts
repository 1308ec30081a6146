import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { faultKinds } from '../../src/shared/faults.ts'
import { repositoryRoot } from '../support/repository.ts'

const Absent = z.enum(['—', '']).transform(() => null)
const Kind = z.enum(faultKinds)

/** A row of the first table of docs/faults.md: a step of a shipped scenario, and what it comes to. */
const Shown = z.object({
  Fault: Kind,
  In: z.string(),
  'Scenario step': z.string().regex(/^\S+@\S+ (\(\S+\) )?\S+$/),
  'Ends with': z.string(),
  Stage: Absent.or(z.string()),
  Check: Absent.or(z.string()),
  Kind: z.enum(['security', 'availability', 'control plane']),
  Within: Absent.or(z.coerce.number().positive()),
})

const Other = z.object({
  In: z.string(),
  Fault: Kind,
  'Ends with': z.string(),
  Stage: Absent.or(z.string()),
})

export interface ShownFault {
  readonly fault: z.infer<typeof Kind>
  /** Type of the step. */
  readonly in: string
  readonly ref: string
  readonly template: string | null
  readonly step: string
  /** A code, or the type of an event where nothing is refused. */
  readonly endsWith: string
  readonly stage: string | null
  readonly check: string | null
  readonly kind: z.infer<typeof Shown>['Kind']
  /** Milliseconds. */
  readonly within: number | null
}

export interface OtherFault {
  readonly fault: z.infer<typeof Kind>
  readonly in: string
  readonly endsWith: string
  readonly stage: string | null
}

const text = readFileSync(join(repositoryRoot, 'docs/faults.md'), 'utf8')

/** The rows of the table that has these columns, each cell without its code marks. */
function table<Row extends z.ZodObject>(row: Row): z.output<Row>[] {
  const columns = Object.keys(row.shape)
  const head = `| ${columns.join(' | ')} |\n`
  const at = text.indexOf(head)
  if (at === -1) throw new Error(`docs/faults.md has no table ${head}`)
  const [, ...lines] =
    text
      .slice(at + head.length)
      .split('\n\n')[0]
      ?.split('\n') ?? []
  return lines.map((line) => {
    const cells = line.slice(1, line.lastIndexOf('|')).split('|')
    return row.parse(
      Object.fromEntries(columns.map((column, index) => [column, cells[index]?.trim().replaceAll('`', '')])),
    )
  })
}

export const shownFaults: readonly ShownFault[] = table(Shown).map((row) => {
  const [ref = '', ...rest] = row['Scenario step'].split(' ')
  return {
    fault: row.Fault,
    in: row.In,
    ref,
    template: rest.length === 2 ? (rest[0]?.slice(1, -1) ?? null) : null,
    step: rest.at(-1) ?? '',
    endsWith: row['Ends with'],
    stage: row.Stage,
    check: row.Check,
    kind: row.Kind,
    within: row.Within,
  }
})

export const otherFaults: readonly OtherFault[] = table(Other).map((row) => ({
  fault: row.Fault,
  in: row.In,
  endsWith: row['Ends with'],
  stage: row.Stage,
}))
