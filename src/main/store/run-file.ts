import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { RunEvent } from '../../shared/events.ts'
import { StoredCapture } from '../../shared/exchange.ts'
import { isTerminalStatus, RunRecord } from '../../shared/run.ts'
import type { CaptureRow } from './join-captures.ts'

/** A run as one file: its record, each event, each capture, and a last line by which a cut file is known. */
export interface RunFile {
  readonly run: Omit<RunRecord, 'events'>
  readonly events: readonly RunEvent[]
  readonly captures: readonly CaptureRow[]
}

const format = 1

/** Of runs (a UUID) and of agents that stay (`hosted-…`). */
const RunId = z.string().regex(/^[\w-]{1,100}$/)
const Kind = z.object({ kind: z.enum(['run', 'event', 'capture', 'end']) })
const RunLine = z.object({
  format: z.literal(format),
  run: RunRecord.omit({ events: true }).extend({ run_id: RunId }),
})
const EventLine = z.object({ event: RunEvent })
const CaptureLine = z.object({ offset_ms: z.number().nonnegative(), capture: StoredCapture })
const EndLine = z.object({ events: z.int(), captures: z.int() })

/** One JSON object a line. */
export function writeRunFile({ run, events, captures }: RunFile): string {
  const lines = [
    { kind: 'run', format, run },
    ...events.map((event) => ({ kind: 'event', event })),
    ...captures.map(({ offsetMs, capture }) => ({ kind: 'capture', offset_ms: offsetMs, capture })),
    { kind: 'end', events: events.length, captures: captures.length },
  ]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

/**
 * Reads what {@link writeRunFile} wrote; a run that was going on when it was written is an interrupted one. Throws
 * `import_invalid` with the line and what is wrong with it.
 */
export function readRunFile(text: string): RunFile {
  const reading: Reading = { run: null, events: [], captures: new Map(), ended: false }
  let count = 0
  for (const line of linesOf(text)) {
    count += 1
    try {
      take(reading, line)
    } catch (cause) {
      throw invalid(count, cause instanceof Error ? cause.message : String(cause), cause)
    }
  }
  const { run, events, captures, ended } = reading
  if (run === null || !ended) throw invalid(count + 1, 'the file is cut off: it has no end mark')
  return {
    run: isTerminalStatus(run.status) ? run : interrupted(run),
    events,
    captures: [...captures.values()],
  }
}

/** One after the other, so that the first that is wrong is the last that costs anything. */
function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from)
    yield end === -1 ? text.slice(from) : text.slice(from, end)
    from = end === -1 ? text.length : end + 1
  }
}

interface Reading {
  run: RunFile['run'] | null
  readonly events: RunEvent[]
  /** By exchange and agent: each agent captures an exchange once. */
  readonly captures: Map<string, CaptureRow>
  ended: boolean
}

function take(reading: Reading, line: string): void {
  const value: unknown = JSON.parse(line)
  // What is too deep to be written again cannot be kept.
  JSON.stringify(value)
  const { kind } = parse(Kind, value)
  if (reading.ended) throw new Error('there is something after the end mark')
  if (reading.run === null) {
    if (kind !== 'run') throw new Error('the first line is not that of the run')
    reading.run = parse(RunLine, value).run
    return
  }
  if (kind === 'run') throw new Error('there is a second run')
  if (kind === 'event') takeEvent(reading, reading.run.run_id, value)
  else if (kind === 'capture') takeCapture(reading, value)
  else takeEnd(reading, value)
}

function takeEvent({ events }: Reading, runId: string, value: unknown): void {
  // As it is and not as parsed, so that exporting it again gives the same file.
  if (!hasEvent(value)) throw new Error(reasonOf(EventLine, value))
  const { event } = value
  if (event.run_id !== runId) throw new Error(`the event is of run ${event.run_id}, not of ${runId}`)
  const next = events.length + 1
  if (event.seq !== next) throw new Error(`the event has number ${event.seq}, not ${next}`)
  if (event.cause_seq.some((seq) => seq >= next)) throw new Error('the event is caused by a later one')
  events.push(event)
}

function takeCapture({ captures }: Reading, value: unknown): void {
  if (!hasCapture(value)) throw new Error(reasonOf(CaptureLine, value))
  const { offset_ms: offsetMs, capture } = value
  const key = `${capture.exchange_id} ${capture.agent_id}`
  if (captures.has(key)) throw new Error(`${capture.agent_id} captured exchange ${capture.exchange_id} twice`)
  captures.set(key, { offsetMs, capture })
}

function takeEnd(reading: Reading, value: unknown): void {
  const { events, captures } = parse(EndLine, value)
  const there = { events: reading.events.length, captures: reading.captures.size }
  if (events !== there.events || captures !== there.captures) {
    throw new Error(
      `the end mark counts ${events} events and ${captures} captures, but there are ${there.events} and ${there.captures}`,
    )
  }
  reading.ended = true
}

function hasEvent(value: unknown): value is z.output<typeof EventLine> {
  return EventLine.safeParse(value).success
}

function hasCapture(value: unknown): value is z.output<typeof CaptureLine> {
  return CaptureLine.safeParse(value).success
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Error(reasonOf(schema, value))
}

function reasonOf(schema: z.ZodType, value: unknown): string {
  const [issue] = schema.safeParse(value).error?.issues ?? []
  return `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`
}

function interrupted(run: RunFile['run']): RunFile['run'] {
  return {
    ...run,
    status: 'interrupted',
    error: 'The run was going on when it was exported.',
    error_code: 'internal_error',
  }
}

function invalid(line: number, reason: string, cause?: unknown): AppError {
  return new AppError('import_invalid', `Line ${line} of the run file is not as it must be: ${reason}.`, {
    details: { line },
    cause,
  })
}
