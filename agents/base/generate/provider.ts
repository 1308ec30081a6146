import type { LanguageModel } from 'ai'
import type { GenerationTask } from './task.ts'

/** Something that writes a text. */
export interface Provider {
  readonly name: string
  readonly model: string
  readonly stub: boolean
  generate(task: GenerationTask): Promise<{ text: string; tokensUsed: number | null }>
}

const offline: Provider = {
  name: 'offline',
  model: 'offline-text-1',
  stub: true,
  generate: async (task) => ({ text: task.offline(), tokensUsed: null }),
}

const temperature = 0.2

/**
 * The provider that `LLM_PROVIDER` names, when it can be asked: a key is there, or an address of one's own that needs
 * none. Otherwise offline text, which needs nothing and is marked as such.
 */
export function chooseProvider(environment: NodeJS.ProcessEnv): Provider {
  switch (environment['LLM_PROVIDER']?.trim().toLowerCase()) {
    case 'openai':
      return openAi(environment)
    case 'anthropic':
      return anthropic(environment)
    default:
      return offline
  }
}

function openAi(environment: NodeJS.ProcessEnv): Provider {
  const apiKey = environment['OPENAI_API_KEY']
  const baseURL = environment['OPENAI_BASE_URL']
  const model = environment['OPENAI_MODEL'] || 'gpt-4o-mini'
  if (baseURL) {
    return asking('openai-compatible', model, async () => {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      return createOpenAICompatible({ name: 'openai-compatible', baseURL, ...(apiKey ? { apiKey } : {}) })(
        model,
      )
    })
  }
  if (!apiKey) return offline
  return asking('openai', model, async () => {
    const { createOpenAI } = await import('@ai-sdk/openai')
    return createOpenAI({ apiKey })(model)
  })
}

function anthropic(environment: NodeJS.ProcessEnv): Provider {
  const apiKey = environment['ANTHROPIC_API_KEY']
  const model = environment['ANTHROPIC_MODEL'] || 'claude-sonnet-4-6'
  if (!apiKey) return offline
  return asking('anthropic', model, async () => {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    return createAnthropic({ apiKey })(model)
  })
}

/** The SDK is loaded at the first text: a worker that writes none starts without it. */
function asking(name: string, model: string, load: () => Promise<LanguageModel>): Provider {
  return {
    name,
    model,
    stub: false,
    async generate({ system, prompt }) {
      const { generateText } = await import('ai')
      const { text, usage } = await generateText({
        model: await load(),
        system,
        prompt,
        maxRetries: 0,
        ...(name === 'anthropic' ? {} : { temperature }),
      })
      return { text, tokensUsed: usage.totalTokens ?? null }
    },
  }
}
