import type { Capabilities } from '../base/capabilities.ts'
import { payloadText } from '../base/payload-text.ts'
import type { WorkerTools } from '../base/worker.ts'
import { offlineArticle } from './offline-article.ts'

/** `write.content`: findings in, an article in the run's style out. */
export function writer({ agentId, inputs, generation }: WorkerTools): Capabilities {
  return {
    'write.content': async ({ payload, commissionedBy }) => {
      const style = String(inputs['style'] ?? 'casual')
      const findings = payloadText(payload, ['findings', 'text'])
      const topic = topicOf(payload)
      const { text, ...origin } = await generation.write({
        task: 'write',
        commissionedBy,
        system: `You are a content writer. Write an article of about 250 words in a ${style} style, from the findings you are given and nothing else.`,
        prompt: topic === '' ? findings : `Topic: ${topic}\n\nFindings:\n${findings}`,
        offline: () => offlineArticle({ topic, findings, style }),
      })
      return { article: text, style, agent: agentId, ...origin }
    },
  }
}

function topicOf(payload: unknown): string {
  if (typeof payload !== 'object' || payload === null || !('topic' in payload)) return ''
  return typeof payload.topic === 'string' ? payload.topic : ''
}
