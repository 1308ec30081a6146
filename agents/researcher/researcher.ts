import type { Capabilities } from '../base/capabilities.ts'
import { payloadText } from '../base/payload-text.ts'
import type { WorkerTools } from '../base/worker.ts'
import { offlineBrief } from './offline-brief.ts'

const system =
  'You are a research analyst. Write a concise brief of 200 to 300 words as five to eight evidence bullets. Plain text, each bullet on its own line beginning with "- ". State facts; say so where evidence is thin.'

/** `research.query`: a topic in, a brief out. */
export function researcher({ agentId, inputs, generation }: WorkerTools): Capabilities {
  return {
    'research.query': async ({ payload, commissionedBy }) => {
      const topic = payloadText(payload, ['topic', 'text']) || String(inputs['topic'] ?? 'AI')
      const { text, ...origin } = await generation.write({
        task: 'research',
        topic,
        commissionedBy,
        system,
        prompt: `Topic: ${topic}`,
        offline: () => offlineBrief(topic),
      })
      return { findings: text, topic, agent: agentId, ...origin }
    },
  }
}
