import { readdirSync, readFileSync } from 'node:fs'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { eachTree, isTree, type Tree } from '../../src/main/conformance/tree.ts'

const folder = new URL('../vectors/aitp/schemas/', import.meta.url)

const ajv = new Ajv2020({ strict: false, allErrors: false })
addFormats(ajv)
for (const file of readdirSync(folder)) {
  ajv.addSchema(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), file.replace('.schema.json', ''))
}

/** What a schema of the specification has against a value, `null` when nothing. `pointer` names a part of it. */
export function schemaFault(schema: string, value: unknown, pointer = ''): string | null {
  const validate = ajv.getSchema(`${schema}${pointer}`)
  if (validate === undefined) throw new TypeError(`no schema ${schema}${pointer}`)
  if (validate(value)) return null
  const [error] = validate.errors ?? []
  return `${error?.instancePath ?? ''} ${error?.message ?? ''}`.trim()
}

export interface Artefact {
  readonly kind: string
  readonly value: unknown
  readonly fault: string | null
}

const tokenSchemas: Readonly<Record<string, string>> = {
  'aitp-tct+jwt': 'aitp-tct',
  'aitp-grant+jwt': 'aitp-grant-voucher',
  'aitp-delegation+jwt': 'aitp-delegation',
}

const payloadSchemas: Readonly<Record<string, string>> = {
  mutual_hello: 'MutualHelloPayload',
  mutual_hello_ack: 'MutualHelloAckPayload',
  mutual_commit: 'MutualCommitPayload',
  mutual_commit_ack: 'MutualCommitAckPayload',
}

/** Every artefact in a value, however deep, judged by its schema. */
export function artefactsIn(value: unknown): readonly Artefact[] {
  const found: Artefact[] = []
  const add = (kind: string, artefact: unknown, pointer?: string) =>
    found.push({
      kind: `${kind}${pointer ?? ''}`,
      value: artefact,
      fault: schemaFault(kind, artefact, pointer),
    })
  const visit = (tree: Tree) => {
    if (isTree(tree['sender']) && isTree(tree['payload'])) addEnvelope(tree, add)
    if (isTree(tree['proof_of_possession'])) add('aitp-manifest', { manifest: tree })
    if (isTree(tree['revocation_list'])) add('aitp-revocation-list', tree)
    if (isTree(tree['session_bundle']) && Array.isArray(tree['session_bundle']['participants'])) {
      add('aitp-session-bundle', tree)
    }
    for (const [name, member] of Object.entries(tree)) {
      if (!name.endsWith('_claims')) addTokens(member, add, visit)
    }
  }
  eachTree(value, visit)
  return found
}

type Add = (kind: string, artefact: unknown, pointer?: string) => void

function addEnvelope(envelope: Tree, add: Add): void {
  add('aitp-envelope', envelope)
  const { message_type, payload } = envelope
  const definition = payloadSchemas[String(message_type)]
  // Payloads without these members are dummies in fixtures about the envelope alone.
  if (!isTree(payload) || definition === undefined || !('pop_nonce' in payload || 'tct' in payload)) return
  add('aitp-mutual-handshake', payload, `#/$defs/${definition}`)
  if (payload['identity'] !== undefined) add('aitp-identity', payload['identity'])
}

/** Tokens, and those inside them. */
function addTokens(member: unknown, add: Add, visit: (tree: Tree) => void): void {
  for (const token of Array.isArray(member) ? member : [member]) {
    if (typeof token !== 'string' || !/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/.test(token)) continue
    const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
    const schema = tokenSchemas[JSON.parse(header ?? '{}').typ]
    if (schema === undefined) continue
    const tree: Tree = JSON.parse(claims ?? '{}')
    add(schema, tree)
    visit(tree)
  }
}
