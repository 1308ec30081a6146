import { randomBytes } from 'node:crypto'
import type { AgentManifestFile } from '../../shared/agent-manifest.ts'
import type { BootstrapFile } from '../../shared/bootstrap.ts'
import type { AgentSpec, TrustSpec } from '../../shared/scenario.ts'
import type { RevocationConfig } from '../control-plane/config.ts'
import type { ListeningTerms } from '../hosting/launch-agent.ts'
import { agentSeed, playgroundSeed } from '../hosting/seeds.ts'
import type { MockIssuer } from '../trust/oidc-issuer.ts'
import type { RunContext } from './run-context.ts'

/** What an agent's bootstrap is made of beside the run itself. */
export interface BootstrapTerms extends ListeningTerms {
  readonly trust: TrustSpec
  readonly workspaceSecret: Uint8Array
  /** The ecosystem's public formula instead of the workspace's secret. */
  readonly hasPublicKeys: boolean
  readonly telemetryUrl: string
  readonly revocation: RevocationConfig
  readonly issuer: MockIssuer | null
}

/** Everything an agent is told when it starts, its own secrets included. */
export function agentBootstrap(
  { runId, inputs, controlPlane }: Pick<RunContext, 'runId' | 'inputs' | 'controlPlane'>,
  spec: Pick<AgentSpec, 'id' | 'org' | 'did_web_host' | 'signing_suite'>,
  manifest: AgentManifestFile,
  terms: BootstrapTerms,
): BootstrapFile {
  const { aitp, entrypoint } = manifest.spec
  const { trust } = terms
  const failMode = trust.revocation.fail_mode ?? terms.revocation.failMode
  const owner = { org: spec.org, runId, agentId: spec.id }
  const oidc = terms.issuer?.bootstrapFor(aitp.identity_type)
  return {
    run_id: runId,
    agent_id: spec.id,
    port: terms.port,
    aitp: {
      seed_hex: terms.hasPublicKeys ? playgroundSeed(owner) : agentSeed(terms.workspaceSecret, owner),
      display_name: aitp.display_name,
      offered_caps: aitp.offered_caps,
      ttl_secs: aitp.ttl_secs,
      signing_suite: spec.signing_suite ?? aitp.signing_suite,
      identity_type: aitp.identity_type,
      ...(aitp.identity_type === 'oidc'
        ? {
            oidc_issuer: aitp.oidc_issuer ?? terms.issuer?.issuerUrl ?? null,
            oidc_subject: aitp.oidc_subject ?? spec.id,
          }
        : {}),
      did_web_host: spec.did_web_host,
      ...(terms.publicOrigin === null
        ? {}
        : {
            public_origin: terms.publicOrigin,
            did_web_scheme: terms.publicOrigin.startsWith('https:') ? 'https' : 'http',
          }),
      pop: trust.pop,
      onward_delegation: trust.onward_delegation,
      max_delegation_hops: trust.max_delegation_hops,
    },
    ...(controlPlane === null
      ? {}
      : {
          cp: {
            base_url: controlPlane.config.baseUrl,
            // Ours to use, and not for programs that the console did not write.
            api_key: entrypoint.type === 'bundled' ? controlPlane.config.apiKey : null,
            aid: controlPlane.config.aid,
            ...(failMode === null ? {} : { fail_mode: failMode }),
            max_staleness_secs: trust.revocation.max_staleness_secs ?? terms.revocation.maxStalenessSecs,
            refuse_stale: trust.revocation.max_staleness_secs !== undefined || terms.revocation.isAgeChosen,
            poll_secs: terms.revocation.pollSecs,
            timeout_ms: controlPlane.config.timeoutMs,
          },
        }),
    ...(oidc === undefined ? {} : { oidc }),
    playground: { telemetry_url: terms.telemetryUrl, run_id: runId },
    secrets: { admin: secret(), telemetry: secret() },
    inputs: { ...inputs },
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}
