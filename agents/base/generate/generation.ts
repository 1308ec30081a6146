import { WorkerError } from '../refusal.ts'
import type { Telemetry } from '../telemetry.ts'
import { chooseProvider, type Provider } from './provider.ts'
import type { GenerationTask } from './task.ts'

/** A text and where it came from; `stub` is true whenever no model was asked. */
export interface GeneratedText {
  readonly text: string
  readonly provider: string
  readonly model: string
  readonly stub: boolean
}

/** Writes texts with the chosen provider, and reports each one with its provider and model. */
export interface Generation {
  write(task: GenerationTask): Promise<GeneratedText>
}

const longestDetail = 300

export function createGeneration(environment: NodeJS.ProcessEnv, telemetry: Telemetry): Generation {
  const provider: Provider = chooseProvider(environment)
  const { name, model, stub } = provider
  return {
    async write(task) {
      const about = {
        task: task.task,
        ...(task.topic === undefined ? {} : { topic: task.topic }),
        commissioned_by: task.commissionedBy,
        provider: name,
        model,
        stub,
      }
      telemetry.event({ type: 'llm.started', ...about })
      try {
        const { text, tokensUsed } = await provider.generate(task)
        telemetry.event({
          type: 'llm.complete',
          ...about,
          tokens_used: tokensUsed,
          payload: { provider: name, model, stub, tokens_used: tokensUsed },
        })
        return { text, provider: name, model, stub }
      } catch (cause) {
        const detail = (cause instanceof Error ? cause.message : String(cause)).slice(0, longestDetail)
        telemetry.event({ type: 'llm.failed', ...about, detail })
        throw new WorkerError(502, 'llm_failed', `LLM provider call failed: ${detail}`, { cause })
      }
    },
  }
}
