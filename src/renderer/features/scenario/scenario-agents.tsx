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
        {scenario.spec.agents.map(
          ({ id, org, cloud, did_web_host, signing_suite, manifest_url, pinned_aid }) => {
            const aitp = scenario.manifests[id]?.spec.aitp
            return (
              <tr key={id}>
                <th scope="row">
                  {aitp?.display_name ?? id}
                  <code className="muted">{id}</code>
                </th>
                <td>
                  {org}
                  {cloud === null ? null : <span className="muted block">{cloud}</span>}
                  {did_web_host === null ? null : <span className="muted block">did:web {did_web_host}</span>}
                </td>
                <td>
                  {aitp?.offered_caps.map((capability) => (
                    <code key={capability} className="block">
                      {capability}
                    </code>
                  ))}
                  {aitp?.offered_caps.length === 0 ? <span className="muted">nothing</span> : null}
                  {manifest_url === undefined ? null : (
                    <span className="muted">
                      runs elsewhere: <code>{manifest_url}</code>
                    </span>
                  )}
                </td>
                <td>
                  {aitp === undefined ? null : <code>{signing_suite ?? aitp.signing_suite}</code>}
                  {aitp?.identity_type === 'oidc' ? (
                    <span className="muted block">OIDC, {aitp.oidc_subject}</span>
                  ) : null}
                  {manifest_url === undefined ? null : pinned_aid === null ? (
                    <span className="tone-caution">not pinned</span>
                  ) : (
                    <code>{pinned_aid}</code>
                  )}
                </td>
              </tr>
            )
          },
        )}
      </tbody>
    </table>
  )
}
