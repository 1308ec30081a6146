import { z } from 'zod'
import { jsonMedia } from '../../shared/contract/define.ts'
import { type CallOutput, callNames, contract, streamNames } from '../../shared/contract.ts'
import { ErrorBody } from '../../shared/errors.ts'
import { httpRoute } from '../../shared/http-request.ts'
import { isOpen, otherPaths } from './open-routes.ts'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** One operation, as far as the page of the documentation reads it back. */
export interface ApiOperation {
  readonly operationId: string
  readonly description?: string
  readonly security?: readonly []
  readonly parameters: readonly {
    readonly name: string
    readonly in: 'path' | 'query'
    readonly required: boolean
    readonly schema: unknown
  }[]
  readonly requestBody?: {
    readonly required: boolean
    readonly content: Readonly<Record<string, { readonly schema: unknown }>>
  }
  readonly responses: Readonly<Record<string, unknown>>
}

export interface ApiDocument extends CallOutput<'openApi'> {
  readonly paths: Record<string, Record<string, ApiOperation & Record<string, unknown>>>
}

const otherNotes: Readonly<Record<string, string>> = {
  '/internal/telemetry': 'What agents report, each under the secret of its own.',
  '/webhooks/cp/:run_id':
    'What a Control Plane reports to a run, signed under the secret of its subscription.',
  '/docs': 'This document as a page.',
  '/dashboard': 'The page of the console.',
}

/** OpenAPI 3.1 of the service, made from the contract. */
export function openApi(version: string): ApiDocument {
  const schemas: Record<string, unknown> = {}
  const paths: ApiDocument['paths'] = {}

  function add(method: string, path: string, operation: Omit<ApiOperation, 'security'>): void {
    const templated = path.replace(/:(\w+)/g, '{$1}')
    paths[templated] = {
      ...paths[templated],
      [method.toLowerCase()]: {
        ...operation,
        ...(isOpen({ method, path }, '') ? { security: [] } : {}),
        responses: { ...operation.responses, default: { $ref: '#/components/responses/Error' } },
      },
    }
  }

  function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
    Object.assign(schemas, hoisted($defs ?? {}))
    return hoisted(rest)
  }

  for (const name of callNames) {
    const { method, path } = httpRoute(name)
    const { input, output, status, media, takes } = contract[name]
    add(method, path, {
      operationId: name,
      ...asked(method, path, takes, schemaOf(input, 'input')),
      responses: {
        [status]: { description: 'Done.', content: { [media]: { schema: schemaOf(output, 'output') } } },
      },
    })
  }
  for (const name of streamNames) {
    const { method, path } = httpRoute(name)
    const { input, item } = contract[name]
    schemas[`${name}Item`] = schemaOf(item, 'output')
    add(method, path, {
      operationId: name,
      ...asked(method, path, jsonMedia, schemaOf(input, 'input')),
      responses: {
        200: {
          description: `Server-sent events: \`data\` is a ${name}Item in JSON and \`id\` its \`seq\`; the last one is \`{"type":"stream.end"}\`. Resume with the header \`Last-Event-ID\`, or with \`after_seq\`.`,
          content: { 'text/event-stream': { schema: { type: 'string' } } },
        },
      },
    })
  }
  for (const [path, methods] of otherPaths) {
    for (const method of methods) {
      const parameters = pathMembers(path).map((name) => ({
        name,
        in: 'path' as const,
        required: true,
        schema: { type: 'string' },
      }))
      const operationId = `${method.toLowerCase()}${path.replace(/\W+(\w)?/g, (_, first = '') => first.toUpperCase())}`
      add(method, path, {
        operationId,
        description: otherNotes[path] ?? '',
        parameters,
        responses: { 200: { description: 'Done.' } },
      })
    }
  }

  return {
    openapi: '3.1.0',
    info: { title: 'AITP Trust Console', version },
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: { ...schemas, Error: schemaOf(ErrorBody, 'output') },
      responses: {
        Error: {
          description: 'Refused; `error.code` says why.',
          content: { [jsonMedia]: { schema: { $ref: '#/components/schemas/Error' } } },
        },
      },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
  }
}

/** Where the members of an input go: the path, then the query of a GET, else the body; beside a text, the query. */
function asked(
  method: string,
  path: string,
  takes: string,
  { properties = {}, required = [], ...rest }: JsonSchema,
): Pick<ApiOperation, 'parameters' | 'requestBody'> {
  const inPath = pathMembers(path)
  const isText = takes !== jsonMedia
  const hasQuery = method === 'GET' || isText
  const free = Object.entries(properties).filter(([name]) => !inPath.includes(name))
  const parameter = (name: string, where: 'path' | 'query') => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: properties[name],
  })
  const inQuery = hasQuery ? free.map(([name]) => name).filter((name) => !isText || name !== 'text') : []
  const parameters = [
    ...inPath.map((name) => parameter(name, 'path')),
    ...inQuery.map((name) => parameter(name, 'query')),
  ]
  if (isText)
    return {
      parameters,
      requestBody: { required: true, content: { [takes]: { schema: { type: 'string' } } } },
    }
  if (hasQuery || free.length === 0) return { parameters }
  const needed = required.filter((name) => !inPath.includes(name))
  const schema = { ...rest, properties: Object.fromEntries(free), required: needed }
  return { parameters, requestBody: { required: needed.length > 0, content: { [takes]: { schema } } } }
}

function pathMembers(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
}

/** With what is defined inside the schema looked for where OpenAPI keeps it. */
function hoisted<Schema extends object>(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'))
}
