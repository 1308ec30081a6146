import type { ScenarioDetail } from '../../../shared/contract.ts'
import { useScenario } from '../../api/queries.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { Empty, Failed, Loading } from '../../components/empty.tsx'
import { libraryHref } from '../../store/router.ts'
import { boundaryNames } from '../library/library.ts'
import { RunForm } from './run-form.tsx'
import { ScenarioAgents } from './scenario-agents.tsx'
import { ScenarioSteps } from './scenario-steps.tsx'
import './scenario.css'

interface ScenarioScreenProps {
  readonly pack: string
  readonly scenarioVersion: string
}

export function ScenarioScreen({ pack, scenarioVersion }: ScenarioScreenProps) {
  const { data, error, isPending, refetch } = useScenario(pack, scenarioVersion)
  if (isPending) return <Loading what="the scenario" rows={8} />
  if (error?.code === 'scenario_not_found')
    return (
      <Empty title="There is no such scenario">
        <p>{error.message}</p>
        <a className="button" href={libraryHref}>
          Open the library
        </a>
      </Empty>
    )
  if (error)
    return <Failed title="The scenario could not be read" error={error} onRetry={() => void refetch()} />
  return <Scenario scenario={data} />
}

const eagerness = {
  true: 'All agents shake hands with each other before the first step.',
  false: 'Agents shake hands only where a step says so.',
} as const

const discoveries = {
  static: '',
  cp_registry: 'External agents are looked up in the registry of the Control Plane.',
  did_web: 'Agents with a domain name are looked up by it (did:web).',
} as const

const possession = {
  off: '',
  required: 'Who presents a token has to prove that it holds the key of it.',
} as const

function Scenario({ scenario }: { readonly scenario: ScenarioDetail }) {
  const { metadata, spec, ref } = scenario
  return (
    <div className="scenario content">
      <div className="scenario-text">
        <h1>{metadata.name}</h1>
        <p className="scenario-ref muted">
          <code>{ref}</code>
          <CopyButton text={ref} what="the reference" />
        </p>
        {metadata.summary === null ? null : <p className="scenario-summary">{metadata.summary}</p>}
        {metadata.caption === null ? null : <p className="scenario-caption muted">{metadata.caption}</p>}
        {spec.expected === undefined ? null : (
          <p className="scenario-expected">
            <strong>Expected:</strong> {spec.expected.summary}
          </p>
        )}
        <section aria-labelledby="agents-title">
          <h2 id="agents-title">Agents</h2>
          <ScenarioAgents scenario={scenario} />
        </section>
        <section aria-labelledby="trust-title">
          <h2 id="trust-title">Trust</h2>
          <p>
            Boundary <strong>{boundaryNames[spec.trust.boundary]}</strong>. {eagerness[`${spec.trust.eager}`]}{' '}
            Each agent is told the identities (AIDs) of its peers and refuses a peer whose manifest shows
            another. {discoveries[spec.trust.discovery]} {possession[spec.trust.pop]}
          </p>
        </section>
        <section aria-labelledby="steps-title">
          <h2 id="steps-title">Steps</h2>
          <ScenarioSteps steps={spec.workflow.steps} />
        </section>
      </div>
      <aside className="scenario-run">
        <RunForm scenario={scenario} />
      </aside>
    </div>
  )
}
