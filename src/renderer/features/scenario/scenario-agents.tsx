import type { ScenarioDetail } from '../../../shared/contract.ts'

export function ScenarioAgents({ scenario }: { readonly scenario: ScenarioDetail }) {
  return (
    <table className="facts">
      <thead>
        <tr>
          <th scope="col">Agent</th>
          <th scope="col">Organisation</th>
          <th scope="col">Offers</th>
          <th scope="col">Keys</th>
        </tr>
      </thead>
      <tbody>
        {scenario.spec.agents.map(({ id, org }) => {
          const aitp = scenario.manifests[id]?.spec.aitp
          return (
            <tr key={id}>
              <th scope="row">
                {aitp?.display_name ?? id}
                <code className="muted">{id}</code>
              </th>
              <td>{org}</td>
              <td>
                {aitp?.offered_caps.map((capability) => (
                  <code key={capability} className="block">
                    {capability}
                  </code>
                ))}
                {aitp?.offered_caps.length === 0 ? <span className="muted">nothing</span> : null}
              </td>
              <td>
                <code>{aitp?.signing_suite}</code>
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
