import { describe, expect, it } from 'vitest'
import { offlineRisks, offlineSummary } from '../../agents/analyzer/offline-analysis.ts'
import { keyTerms } from '../../agents/base/generate/key-terms.ts'
import { chooseProvider } from '../../agents/base/generate/provider.ts'
import { payloadText } from '../../agents/base/payload-text.ts'
import { outgoingContext, readRequestContext, withRequestContext } from '../../agents/base/request-context.ts'
import { offlineBrief, offlineReport } from '../../agents/researcher/offline-brief.ts'
import { offlineArticle } from '../../agents/writer/offline-article.ts'
import { createAitp } from '../../src/aitp/index.ts'
import { nodeEngine } from '../../src/aitp/platform/node/engine.ts'
import { captureBody, captureHeaders, findTokens } from '../../src/shared/capture.ts'
import known from '../vectors/aitp/known-answer/signed-examples/tct/kat-keypair-001-issues-002.json' with {
  type: 'json',
}

const aitp = createAitp(nodeEngine)

describe('what is captured', () => {
  it('keeps headers and replaces the secrets among them', () => {
    const headers: [string, string][] = [
      ['Authorization', 'Bearer s3cret'],
      ['Cookie', 'id=1'],
      ['x-aitp-tct', 'a.b.c'],
    ]
    expect(captureHeaders(headers)).toEqual([
      ['Authorization', '(secret)'],
      ['Cookie', '(secret)'],
      ['x-aitp-tct', 'a.b.c'],
    ])
  })

  it('cuts a long body and says so, with its length on the wire', () => {
    const { text, bytes, truncated } = captureBody('ü'.repeat(70_000))
    expect({ characters: text.length, bytes, truncated }).toEqual({
      characters: 65_536,
      bytes: 140_000,
      truncated: true,
    })
  })

  it('finds every token, wherever it is, and names the place', () => {
    const token = known.tct_token
    const found = findTokens(
      aitp,
      [['X-AITP-TCT', token]],
      JSON.stringify({ payload: { list: ['no token', token] } }),
    )
    expect(found.map(({ path, kind }) => `${kind} at ${path}`)).toEqual([
      'tct at header X-AITP-TCT',
      'tct at payload.list.1',
    ])
    expect(found[0]?.claims).toEqual(known.decoded_claims)
    expect(findTokens(aitp, [['x', 'a.b.c']], 'not json')).toEqual([])
  })
})

describe('the request context', () => {
  const headers = {
    traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01',
    baggage: 'other=1, aitp.operation=fedcba9876543210;p=1',
  }

  it('reads W3C trace context and baggage, and passes both on under a new span', () => {
    const context = readRequestContext(headers)
    expect(context).toEqual({
      traceId: '0123456789abcdef0123456789abcdef',
      spanId: '0123456789abcdef',
      operation: 'fedcba9876543210',
    })
    expect(withRequestContext(context, () => outgoingContext('aaaaaaaaaaaaaaaa'))).toEqual({
      traceparent: '00-0123456789abcdef0123456789abcdef-aaaaaaaaaaaaaaaa-01',
      baggage: 'aitp.operation=fedcba9876543210',
    })
  })

  it('begins anew where the headers are absent or malformed, and claims no operation', () => {
    for (const broken of [{}, { traceparent: '00-xyz-1-01', baggage: 'aitp.operation=zz' }]) {
      const { traceId, spanId, operation } = readRequestContext(broken)
      expect(traceId).toMatch(/^[0-9a-f]{32}$/)
      expect(spanId).toMatch(/^[0-9a-f]{16}$/)
      expect(operation).toBeNull()
    }
  })
})

describe('payloadText', () => {
  it('takes a text as it is, the first named member of an object, else the whole as JSON', () => {
    expect(payloadText('  a ', ['topic'])).toBe('a')
    expect(payloadText({ topic: 't', text: 'x' }, ['topic', 'text'])).toBe('t')
    expect(payloadText({ other: 1 }, ['topic'])).toBe('{"other":1}')
    expect(payloadText(null, ['topic'])).toBe('')
  })
})

describe('offline text', () => {
  it('is put together from its input', () => {
    expect(offlineBrief('tidal power in the Orkneys')).toContain('tidal, power, Orkneys')
    const article = offlineArticle({ topic: 'tides', findings: '- one\n- two', style: 'academic' })
    expect(article).toContain('# tides (academic)')
    expect(article).toMatch(/one[\s\S]*two[\s\S]*2 points on tides/)
  })

  it('has four sections where a longer one is asked for', () => {
    const report = offlineReport('tidal power in the Orkneys')
    expect(report.match(/^## .*/gm)).toEqual([
      '## Background',
      '## Findings',
      '## Open questions',
      '## Sources',
    ])
    expect(report).toContain('What is known about Orkneys')
  })

  it('sums up the first three lines, and takes its risks from the summary', () => {
    const summary = offlineSummary('# Tides\n\n- one\n* two\nthree')
    expect(summary).toBe('- Tides\n- one\n- two')
    expect(offlineRisks(summary).split('\n')).toEqual([
      expect.stringMatching(/^- Tides: .* 3 points/),
      expect.stringMatching(/^- one: /),
    ])
    expect(offlineSummary('')).toBe('- There was nothing to analyse.')
  })

  it('copes with nothing to work on', () => {
    expect(offlineBrief('')).toContain('No model was asked')
    expect(offlineArticle({ topic: '', findings: '', style: 'unknown' })).toContain('no findings')
    expect(keyTerms('the of and')).toEqual(['the of and'])
  })
})

describe('chooseProvider', () => {
  it('asks a model only when a provider is named and can be asked', () => {
    const names = (environment: NodeJS.ProcessEnv) => {
      const { name, model, stub } = chooseProvider(environment)
      return [name, model, stub]
    }
    const offline = ['offline', 'offline-text-1', true]
    expect(names({})).toEqual(offline)
    expect(names({ OPENAI_API_KEY: 'k' })).toEqual(offline)
    expect(names({ LLM_PROVIDER: 'openai' })).toEqual(offline)
    expect(names({ LLM_PROVIDER: 'nobody', OPENAI_API_KEY: 'k' })).toEqual(offline)
    expect(names({ LLM_PROVIDER: ' OpenAI ', OPENAI_API_KEY: 'k' })).toEqual(['openai', 'gpt-4o-mini', false])
    expect(
      names({ LLM_PROVIDER: 'openai', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', OPENAI_MODEL: 'm' }),
    ).toEqual(['openai-compatible', 'm', false])
    expect(names({ LLM_PROVIDER: 'anthropic', ANTHROPIC_API_KEY: 'k' })).toEqual([
      'anthropic',
      'claude-sonnet-4-6',
      false,
    ])
  })
})
