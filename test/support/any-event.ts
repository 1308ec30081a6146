import { z } from 'zod'
import { type EventType, RunEvent, RunnerEventBody, WorkerEventBody } from '../../src/shared/events.ts'

type Schema = z.core.JSONSchema.BaseSchema

/**
 * Events of every type there is, read off the schemas: one with everything optional, one without, and one for each
 * alternative of each member. Every text in them is `text`.
 */
export function anyEvents(text: string): Map<EventType, RunEvent[]> {
  const found = new Map<EventType, RunEvent[]>()
  for (const [source, body] of [
    ['runner', RunnerEventBody],
    ['agent', WorkerEventBody],
  ] as const) {
    const stamp = { seq: 1, ts: 1, offset_ms: 1, run_id: 'r', source, cause_seq: [], agent_id: text }
    for (const option of body.options) {
      const schema = z.toJSONSchema(option, { unrepresentable: 'any' })
      const type = option.shape.type.value
      const events = valuesOf(schema, text).map((value) => RunEvent.parse(Object.assign({}, stamp, value)))
      found.set(type, [...(found.get(type) ?? []), ...events])
    }
  }
  return found
}

function valuesOf(schema: Schema, text: string): unknown[] {
  if (schema.const !== undefined) return [schema.const]
  if (schema.enum) return schema.enum
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives) return alternatives.flatMap((one) => valuesOf(one as Schema, text))
  switch (schema.type) {
    case 'object':
      return objectsOf(schema, text)
    case 'array':
      return [...valuesOf((schema.items ?? {}) as Schema, text).map((item) => [item]), []]
    case 'number':
    case 'integer':
      return [1]
    case 'boolean':
      return [true, false]
    case 'null':
      return [null]
    default:
      return [text]
  }
}

function objectsOf({ properties, required = [] }: Schema, text: string): unknown[] {
  if (properties === undefined) return [{ [text]: text }]
  const members = Object.entries(properties).map(([name, of]) => ({
    name,
    values: valuesOf(of as Schema, text),
  }))
  const first = Object.fromEntries(members.map(({ name, values }) => [name, values[0]]))
  return [
    first,
    Object.fromEntries(Object.entries(first).filter(([name]) => required.includes(name))),
    ...members.flatMap(({ name, values }) => values.slice(1).map((value) => ({ ...first, [name]: value }))),
  ]
}
