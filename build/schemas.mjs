// Writes schemas/*.schema.json from the schemas that the registry loads files with: `npm run schemas`.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireNode } from './node-version.mjs'

requireNode()

const { jsonSchemas } = await import('../src/main/registry/json-schemas.ts')
const folder = fileURLToPath(new URL('../schemas', import.meta.url))
for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(join(folder, `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`)
}
