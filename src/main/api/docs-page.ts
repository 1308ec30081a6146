import type { RequestHandler } from 'express'
import { type ApiOperation, openApi } from './open-api.ts'

/** The OpenAPI document as a page to read: no script, nothing from elsewhere. */
export function apiDocs(version: string): RequestHandler {
  const page = docsPage(version)
  return (_request, response) => {
    response.type('html').send(page)
  }
}

function docsPage(version: string): string {
  const { info, paths } = openApi(version)
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method, path, operation)),
  )
  const title = `${escaped(info.title)} ${escaped(info.version)}: HTTP API`
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head>
<body>
<h1>${title}</h1>
<p>Every request carries <code>Authorization: Bearer …</code> unless it says otherwise. The same as OpenAPI 3.1, for programs: <code>GET /openapi.json</code>.</p>
${operations.join('\n')}
</body>
</html>
`
}

function section(method: string, path: string, operation: ApiOperation): string {
  const { operationId, description, security, parameters, requestBody, responses } = operation
  const rows = parameters.map(
    ({ name, in: where, required, schema }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${where}</td><td>${required ? 'required' : 'optional'}</td><td><code>${json(schema)}</code></td></tr>`,
  )
  const { default: _refusal, ...answers } = responses
  return `<section>
<h2 id="${operationId}"><code>${method.toUpperCase()} ${escaped(path)}</code></h2>
${description === undefined ? '' : `<p>${escaped(description)}</p>`}
${security === undefined ? '' : '<p>Asked without the bearer.</p>'}
${rows.length === 0 ? '' : `<table>${rows.join('')}</table>`}
${requestBody === undefined ? '' : `<details><summary>Body</summary><pre>${json(requestBody.content)}</pre></details>`}
<details><summary>Answer</summary><pre>${json(answers)}</pre></details>
</section>`
}

function json(value: unknown): string {
  return escaped(JSON.stringify(value, null, 2))
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
