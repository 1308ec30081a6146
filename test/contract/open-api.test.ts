import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { openApi } from '../../src/main/api/open-api.ts'
import { type CallName, callNames, contract, streamNames } from '../../src/shared/contract.ts'
import { httpRequest, httpRoute } from '../../src/shared/http-request.ts'
import { sharedHost } from '../support/host.ts'
import { researchAndWrite } from '../support/repository.ts'
import { runToEnd } from '../support/run-scenario.ts'

const shared = sharedHost(() => ({ controlPlanePort: 0 }))

const everyName = [...callNames, ...streamNames]
const document = openApi('0.0.0-test')
const ajv = new Ajv2020({ strict: false, validateFormats: false })
ajv.addSchema({ ...document, $id: 'document' })

function pointer(...parts: readonly string[]): string {
  const escaped = parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
  return `document#/${escaped.join('/')}`
}

function operationAt(name: keyof typeof contract): string[] {
  const { method, path } = httpRoute(name)
  return ['paths', path.replace(/:(\w+)/g, '{$1}'), method.toLowerCase()]
}

/** What is wrong with a value by a schema of the document; empty when nothing is. */
function faults(value: unknown, ...at: readonly string[]): unknown[] {
  const validate = ajv.getSchema(pointer(...at))
  if (validate === undefined) throw new Error(`nothing at ${pointer(...at)}`)
  validate(value)
  return [...(validate.errors ?? [])]
}

async function ask(name: CallName, input: Record<string, unknown>, headers: Record<string, string> = {}) {
  const { host } = shared()
  const { method, path, type, body } = httpRequest(name, input)
  return fetch(`http://127.0.0.1:${host.port}${path}`, {
    method,
    headers: { authorization: `Bearer ${host.bearer}`, 'content-type': type, ...headers },
    body,
  })
}

describe('the OpenAPI document', () => {
  it('is served as it is made', async () => {
    expect(await (await ask('openApi', {})).json()).toEqual(JSON.parse(JSON.stringify(document)))
  })

  it.each(everyName)('has %s, with a schema for what it gives', (name) => {
    const { method, path } = httpRoute(name)
    const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
    expect(operation).toMatchObject({ operationId: name, responses: { default: expect.anything() } })
    const { input } = contract[name]
    const told = [
      ...(operation?.parameters ?? []).map((parameter) => parameter.name),
      ...Object.values(operation?.requestBody?.content ?? {}).flatMap(({ schema }) =>
        Object.keys((schema as { properties?: object }).properties ?? { text: null }),
      ),
    ]
    expect(told.sort()).toEqual(Object.keys(input.shape).sort())
  })

  it('says of every route whether it takes the bearer, as it does', async () => {
    const { host } = shared()
    for (const name of callNames) {
      const { method, path } = httpRoute(name)
      const { status } = await fetch(`http://127.0.0.1:${host.port}${path}`, { method })
      const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
      expect({ name, open: operation?.security !== undefined }).toEqual({ name, open: status !== 401 })
    }
  })

  it('is true of what is answered', async () => {
    const { run_id } = await runToEnd(shared().client, {
      scenario_ref: researchAndWrite,
      inputs: { topic: 'x' },
    })
    const scenario = { pack: 'intra-org', scenario_version: 'research-and-write@1.0.0' }
    const asked: [CallName, Record<string, unknown>][] = [
      ['health', {}],
      ['capabilities', {}],
      ['openApi', {}],
      ['listPacks', {}],
      ['listScenarios', {}],
      ['getScenario', scenario],
      ['listTemplates', scenario],
      ['getTemplate', { ...scenario, name: 'trust-strict' }],
      ['listRuns', { order: 'newest' }],
      ['getRun', { run_id }],
      ['getRunStatus', { run_id }],
      ['cancelRun', { run_id }],
      ['listExchanges', { run_id }],
      ['listAgents', {}],
      ['listHostedAgents', {}],
      ['newSessionCode', {}],
      ['cpTcts', {}],
      ['cpDelegations', {}],
      ['cpReplay', { session_id: run_id }],
      ['cpDashboard', {}],
      ['cpAgents', {}],
      ['cpTrustAnchors', {}],
      ['cpPinnedKeys', {}],
      ['runCpAudit', { run_id }],
      ['runCpSessions', { run_id }],
      ['runCpDeliveries', { run_id }],
    ]
    for (const [name, input] of asked) {
      const answer = await ask(name, input)
      const at = [
        ...operationAt(name),
        'responses',
        String(answer.status),
        'content',
        'application/json',
        'schema',
      ]
      expect({ name, faults: faults(await answer.json(), ...at) }).toEqual({ name, faults: [] })
    }
    const { events } = await shared().client.call('getRun', { run_id })
    for (const event of events) expect(faults(event, 'components', 'schemas', 'runEventsItem')).toEqual([])
  })

  it('is true of what is refused', async () => {
    const error = ['components', 'schemas', 'Error']
    expect(faults(await (await ask('getRun', { run_id: 'none' })).json(), ...error)).toEqual([])
    expect(faults(await (await ask('listRuns', {}, { authorization: '' })).json(), ...error)).toEqual([])
    expect(faults({ detail: 'a message without an error' }, ...error)).not.toEqual([])
  })
})

describe('its page', () => {
  it('shows every operation, with nothing in it that a page may not load', async () => {
    const { host } = shared()
    const answer = await fetch(`http://127.0.0.1:${host.port}/docs`)
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/)
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    const page = await answer.text()
    for (const name of everyName) expect(page).toContain(`<h2 id="${name}">`)
    expect(page).not.toMatch(/<script|<link|<style|<img|style=|src=/)
  })
})
