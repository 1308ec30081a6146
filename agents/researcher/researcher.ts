import type { Capabilities } from '../base/capabilities.ts'
import { payloadText } from '../base/payload-text.ts'
import type { WorkerTools } from '../base/worker.ts'
import { offlineBrief, offlineReport } from './offline-brief.ts'

const briefSystem =
  'You are a research analyst. Write a concise brief of 200 to 300 words as five to eight evidence bullets. Plain text, each bullet on its own line beginning with "- ". State facts; say so where evidence is thin.'
const reportSystem =
  'You are a research analyst. Write a brief of 500 to 800 words in Markdown sections: background, findings, open questions, sources. Name the kind of source behind each finding; say so where evidence is thin.'

/** `research.query`: a topic in, a brief out; `research.deep`: a longer one in sections. */
export function researcher({ agentId, inputs, generation }: WorkerTools): Capabilities {
  const topicOf = (payload: unknown) =>
    payloadText(payload, ['topic', 'text']) || String(inputs['topic'] ?? 'AI')
  return {
    'research.query': async ({ payload, commissionedBy }) => {
      const topic = topicOf(payload)
      const { text, ...origin } = await generation.write({
        task: 'research',
        topic,
        commissionedBy,
        system: briefSystem,
        prompt: `Topic: ${topic}`,
        offline: () => offlineBrief(topic),
      })
      return { findings: text, topic, agent: agentId, ...origin }
    },
    'research.deep': async ({ payload, commissionedBy }) => {
      const topic = topicOf(payload)
      const { text, ...origin } = await generation.write({
        task: 'research_deep',
        topic,
        commissionedBy,
        system: reportSystem,
        prompt: `Topic: ${topic}`,
        offline: () => offlineReport(topic),
      })
      return { deep_findings: text, topic, agent: agentId, ...origin }
    },
  }
}
