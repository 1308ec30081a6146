import { describe, expect, it } from 'vitest'
import { completion, startModelServer } from '../support/model-server.ts'
import { startLoneWorker, startTelemetrySink, type TelemetrySink } from '../support/worker.ts'

const llmEvents = (sink: TelemetrySink) =>
  sink.items.flatMap((item) =>
    item.item === 'event' && item.event.type.startsWith('llm.') ? [item.event] : [],
  )

describe('text generation', () => {
  it('asks an OpenAI-compatible endpoint through the SDK, and says which model wrote (B-46)', async () => {
    const model = await startModelServer((response) => completion(response, '- A finding from a model.'))
    const sink = await startTelemetrySink()
    const worker = await startLoneWorker('researcher', sink, {
      LLM_PROVIDER: 'openai',
      OPENAI_BASE_URL: model.baseUrl,
      OPENAI_MODEL: 'local-model',
    })
    const answer = await worker.admin('POST', '/admin/self-execute', {
      capability: 'research.query',
      payload: { topic: 'kelp forests' },
    })
    expect(answer).toEqual({
      findings: '- A finding from a model.',
      topic: 'kelp forests',
      agent: 'researcher',
      provider: 'openai-compatible',
      model: 'local-model',
      stub: false,
    })
    expect(JSON.stringify(model.requests)).toContain('kelp forests')
    expect(llmEvents(sink)).toMatchObject([
      { type: 'llm.started', provider: 'openai-compatible', stub: false },
      {
        type: 'llm.complete',
        model: 'local-model',
        tokens_used: 42,
        payload: { tokens_used: 42, stub: false },
      },
    ])
  })

  it('reports a provider that fails, and never answers with offline text instead', async () => {
    const model = await startModelServer((response) => {
      response.statusCode = 500
      response.end('{"error":{"message":"the model is out of breath"}}')
    })
    const sink = await startTelemetrySink()
    const worker = await startLoneWorker('writer', sink, {
      LLM_PROVIDER: 'openai',
      OPENAI_BASE_URL: model.baseUrl,
    })
    await expect(
      worker.admin('POST', '/admin/self-execute', { capability: 'write.content', payload: 'text' }),
    ).rejects.toMatchObject({ status: 502, code: 'llm_failed' })
    expect(llmEvents(sink).map(({ type }) => type)).toEqual(['llm.started', 'llm.failed'])
  })

  it('needs no key: without a provider the text is offline, deterministic, made from the input, and marked', async () => {
    const sink = await startTelemetrySink()
    const worker = await startLoneWorker('researcher', sink, {
      OPENAI_API_KEY: 'a key that merely lies about',
    })
    const ask = (topic: string) =>
      worker.admin('POST', '/admin/self-execute', { capability: 'research.query', payload: topic })
    const first = await ask('tide pools')
    expect(first).toMatchObject({
      stub: true,
      provider: 'offline',
      model: 'offline-text-1',
      topic: 'tide pools',
    })
    expect(first).toMatchObject({ findings: expect.stringContaining('tide pools') })
    expect(await ask('tide pools')).toEqual(first)
    expect(await ask('coral')).not.toMatchObject({ findings: (first as { findings: string }).findings })
    for (const event of llmEvents(sink)) expect(event).toMatchObject({ stub: true })
  })

  it('falls back to offline text when a provider is named but cannot be asked', async () => {
    const sink = await startTelemetrySink()
    const worker = await startLoneWorker('writer', sink, { LLM_PROVIDER: 'anthropic' })
    expect(
      await worker.admin('POST', '/admin/self-execute', {
        capability: 'write.content',
        payload: '- one point',
      }),
    ).toMatchObject({ stub: true, article: expect.stringContaining('one point') })
  })

  it('has two stages in the analyzer, and a longer form of research; each is told and marked', async () => {
    const sink = await startTelemetrySink()
    const [analyzer, researcher] = await Promise.all([
      startLoneWorker('analyzer', sink),
      startLoneWorker('researcher', sink),
    ])
    const origin = { provider: 'offline', model: 'offline-text-1', stub: true }
    expect(
      await analyzer.admin('POST', '/admin/self-execute', {
        capability: 'analyze.data',
        payload: { article: 'Kelp grows fast.\nIt stores carbon.' },
      }),
    ).toEqual({
      summary: '- Kelp grows fast.\n- It stores carbon.',
      risks: expect.stringContaining('2 points'),
      agent: 'analyzer',
      ...origin,
    })
    expect(
      await researcher.admin('POST', '/admin/self-execute', { capability: 'research.deep', payload: 'kelp' }),
    ).toEqual({
      deep_findings: expect.stringContaining('## Sources'),
      topic: 'kelp',
      agent: 'researcher',
      ...origin,
    })
    expect(llmEvents(sink).filter(({ type }) => type === 'llm.complete')).toMatchObject([
      { task: 'summarise' },
      { task: 'find_risks' },
      { task: 'research_deep' },
    ])
  })
})
