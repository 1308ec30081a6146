import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { followRun } from '../../src/main/cli/follow-run.ts'
import type { ExchangeDetail } from '../../src/shared/exchange.ts'
import { runCli } from '../support/command-line.ts'
import { temporaryFolder } from '../support/folders.ts'
import { sharedHost } from '../support/host.ts'
import { researchAndWrite } from '../support/repository.ts'

const shared = sharedHost()
let exchanges: ExchangeDetail[]

beforeAll(async () => {
  const { client } = shared()
  const { run_id } = await client.call('startRun', {
    scenario_ref: researchAndWrite,
    inputs: { topic: 'captures' },
  })
  await followRun(client, run_id, () => undefined)
  const { exchanges: listed } = await client.call('listExchanges', { run_id })
  exchanges = await Promise.all(
    listed.map(({ exchange_id }) => client.call('getExchange', { run_id, exchange_id })),
  )
})

describe('captured exchanges of a run', () => {
  it('are seven: manifest, hello and commit each way, and one capability call', () => {
    expect(exchanges.map(({ kind, from, to }) => `${kind} ${from} → ${to}`)).toEqual([
      'manifest researcher → writer',
      'hello researcher → writer',
      'commit researcher → writer',
      'manifest writer → researcher',
      'hello writer → researcher',
      'commit writer → researcher',
      'capability researcher → writer',
    ])
  })

  it('were captured by both sides with the same bytes', () => {
    for (const { client, server } of exchanges) {
      expect(client?.request.body).toEqual(server?.request.body)
      expect(client?.response?.body).toEqual(server?.response?.body)
    }
  })

  it('carry for every message the report of the agent that received it', () => {
    for (const { messages, from, to } of exchanges) {
      const [request, response] = messages
      expect(messages).toHaveLength(2)
      expect(request?.verdict).toMatchObject({ reported_by: to, report: { verdict: 'accepted' } })
      expect(response?.verdict).toMatchObject({ reported_by: from, report: { verdict: 'accepted' } })
      for (const { verdict } of messages) expect(verdict?.report.checks.length).toBeGreaterThan(0)
    }
  })

  it('name the tokens they carry, decoded, and only there whole', () => {
    const commit = exchanges.find(({ kind }) => kind === 'commit')
    expect(commit?.messages.map(({ tokens }) => tokens.map(({ kind, path }) => `${kind} ${path}`))).toEqual([
      ['grant_voucher payload.grant_voucher', 'tct payload.tct'],
      ['grant_voucher payload.grant_voucher', 'tct payload.tct'],
    ])
    const call = exchanges.find(({ kind }) => kind === 'capability')
    expect(call?.messages[0]?.tokens).toMatchObject([{ kind: 'tct', path: 'header x-aitp-tct' }])
  })
})

describe('verify tct on a captured token', () => {
  const token = () =>
    exchanges.find(({ kind }) => kind === 'capability')?.client?.request_tokens[0]?.token ?? ''

  it('accepts it as it was captured', async () => {
    const file = join(temporaryFolder(), 'tct.jws')
    writeFileSync(file, token())
    const { code, stdout } = await runCli(['verify', 'tct', file], { home: temporaryFolder() })
    expect(stdout).toMatch(/^tct: accepted$/m)
    expect(code).toBe(0)
  })

  it('names the failing check and ends with 1 after any one character was changed', async () => {
    const home = temporaryFolder()
    const [header = '', claims = '', signature = ''] = token().split('.')
    const changed = (text: string, at: number) =>
      `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
    const broken = [
      [`${changed(header, 12)}.${claims}.${signature}`, /REFUSED \w+ at check tct\./],
      [`${header}.${changed(claims, 40)}.${signature}`, /REFUSED TCT_SIGNATURE_INVALID at check tct\./],
      [
        `${header}.${claims}.${changed(signature, 20)}`,
        /REFUSED TCT_SIGNATURE_INVALID at check tct\.signature/,
      ],
    ] as const
    for (const [text, verdict] of broken) {
      const { code, stdout } = await runCli(['verify', 'tct', '-'], { home, stdin: text })
      expect(stdout).toMatch(verdict)
      expect(stdout).toMatch(/^✕ /m)
      expect(code).toBe(1)
    }
  })
})
