import type { Capabilities } from '../base/capabilities.ts'
import { payloadText } from '../base/payload-text.ts'
import type { WorkerTools } from '../base/worker.ts'
import { offlineRisks, offlineSummary } from './offline-analysis.ts'

const summarise =
  'You are an analyst. Summarise the text you are given in exactly three bullets, each on its own line beginning with "- ". Use nothing but the text.'
const findRisks =
  'You are a risk analyst. Name exactly two concrete risks that follow from the summary you are given, each on its own line beginning with "- ".'

/** `analyze.data`: a text in, its summary out, and the risks that follow from the summary. */
export function analyzer({ agentId, generation }: WorkerTools): Capabilities {
  return {
    'analyze.data': async ({ payload, commissionedBy }) => {
      const input = payloadText(payload, ['article', 'findings', 'text'])
      const { text: summary } = await generation.write({
        task: 'summarise',
        commissionedBy,
        system: summarise,
        prompt: input,
        offline: () => offlineSummary(input),
      })
      const { text: risks, ...origin } = await generation.write({
        task: 'find_risks',
        commissionedBy,
        system: findRisks,
        prompt: summary,
        offline: () => offlineRisks(summary),
      })
      return { summary, risks, agent: agentId, ...origin }
    },
  }
}
