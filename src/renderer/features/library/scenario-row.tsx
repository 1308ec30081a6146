import { ChevronRight } from 'lucide-react'
import type { ScenarioListEntry } from '../../../shared/contract.ts'
import { scenarioHref } from '../../store/router.ts'
import { boundaryNames } from './library.ts'

export function ScenarioRow({ scenario }: { readonly scenario: ScenarioListEntry }) {
  const { name, summary, tags, version } = scenario.metadata
  return (
    <li>
      <a className="scenario-row" href={scenarioHref(scenario.ref)}>
        <span className="scenario-row-text">
          <span className="scenario-row-name">
            {name} <span className="muted mono">{version}</span>
          </span>
          {summary === null ? null : <span className="muted">{summary}</span>}
          <span className="scenario-row-tags">
            {tags.map((tag) => (
              <span key={tag} className="chip">
                {tag}
              </span>
            ))}
          </span>
        </span>
        <span className="scenario-row-facts">
          <span>
            {scenario.agent_count} {scenario.agent_count === 1 ? 'agent' : 'agents'}
          </span>
          <span className="muted">{boundaryNames[scenario.boundary]}</span>
        </span>
        <ChevronRight size={20} aria-hidden />
      </a>
    </li>
  )
}
