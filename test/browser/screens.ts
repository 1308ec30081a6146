import { renamed, withExpectation, withPauseBefore } from './altered.ts'
import { busyControlPlane, projectionsOf } from './recorded-control-plane.ts'
import type { RecordedHost } from './recorded-host.ts'
import { accepted, refused } from './recorded-run.ts'
import { delegationChain, revocationDemo } from './recorded-trust.ts'

const runId = accepted.run.run_id
const [firstManifest, firstHello, firstCommit] = accepted.exchanges
const call = accepted.exchanges.at(-1)

export interface Screen {
  readonly hash: string
  /** What shows that it is complete. */
  readonly complete: string
}

const expected =
  'Both handshakes are accepted, and the writer answers the call of a caller whose token it checked.'

/** The batch that ends the first handshake refused, and a token of the second shown with other grants. */
const withDifferences = projectionsOf(
  accepted,
  (_fact, index) => {
    if (index === 0) return { status: 'started' }
    if (index === 2 || index === 3) return null
    return index === 4 ? { grants: ['write.content', 'write.publish'], revoked: true } : {}
  },
  [
    { first_seq: 1, last_seq: 8, sent_at: accepted.run.created_at + 0.4, status: 200, error: null },
    { first_seq: 9, last_seq: 12, sent_at: accepted.run.created_at + 0.6, status: 413, error: 'too large' },
    { first_seq: 13, last_seq: 31, sent_at: accepted.run.created_at + 1.1, status: 200, error: null },
  ],
)

const shownOtherwise = withDifferences.rows.find(({ difference }) => difference === 'different')

/** Puts into the store what the screens show. */
export function playScreens(host: RecordedHost): void {
  host.play(accepted)
  host.play(refused)
  host.play(delegationChain)
  host.play(revocationDemo)
  const paused = withPauseBefore(accepted, 'write_with_trust')
  const at = paused.run.events.findIndex(({ type }) => type === 'run.paused') + 1
  host.play(renamed(paused, 'paused'), at)
  host.play(renamed(withExpectation(accepted, expected, true), 'expected'))
  host.controlPlane = busyControlPlane
  host.projections.set(runId, withDifferences)
}

/** Every picture of the window, by name. */
export const screens: Readonly<Record<string, Screen>> = {
  library: { hash: '#/', complete: '.run-row' },
  scenario: { hash: '#/scenarios/cross-org/trust-gate@1.0.0', complete: '.run-form' },
  'run-sequence': { hash: `#/runs/${runId}`, complete: '.ticket' },
  'run-message': {
    hash: `#/runs/${runId}?exchange=${firstHello?.exchange_id}&message=request&tab=checks`,
    complete: '.rung',
  },
  'run-tokens': {
    hash: `#/runs/${runId}?exchange=${firstCommit?.exchange_id}&message=request&tab=tokens`,
    complete: '.token',
  },
  'run-http': {
    hash: `#/runs/${runId}?exchange=${firstHello?.exchange_id}&message=response&tab=http`,
    complete: '.headers',
  },
  'run-body': {
    hash: `#/runs/${runId}?exchange=${firstManifest?.exchange_id}&message=response&tab=body`,
    complete: '.body',
  },
  'run-gate': {
    hash: `#/runs/${runId}?exchange=${call?.exchange_id}&message=request&tab=summary`,
    complete: '.gate',
  },
  'run-timeline': { hash: `#/runs/${runId}?event=11&lens=timeline`, complete: '.event.selected' },
  'run-output': { hash: `#/runs/${runId}?lens=output`, complete: '.outputs' },
  'run-paused': { hash: '#/runs/paused', complete: '.run-status:has-text("Paused before")' },
  'run-as-expected': { hash: '#/runs/expected', complete: '.verdict-expected' },
  'run-control-plane': { hash: `#/runs/${runId}?lens=control-plane`, complete: '.projections-table' },
  'run-control-plane-selected': {
    hash: `#/runs/${runId}?event=${shownOtherwise?.event_seqs.at(-1)}&lens=control-plane`,
    complete: '.projections-table [aria-selected="true"]',
  },
  'run-trust': { hash: `#/runs/${delegationChain.run.run_id}?lens=trust`, complete: '.trust-label >> nth=3' },
  'run-trust-selected': {
    hash: `#/runs/${revocationDemo.run.run_id}?event=21&lens=trust`,
    complete: '.trust-label.selected',
  },
  'run-trust-refused': { hash: `#/runs/${refused.run.run_id}?lens=trust`, complete: '.trust-label >> nth=1' },
  'control-plane-registry': { hash: '#/control-plane', complete: '.table' },
  'control-plane-sessions': { hash: '#/control-plane?tab=sessions', complete: '.table' },
  'control-plane-tokens': { hash: '#/control-plane?tab=tokens', complete: '.table' },
  'control-plane-delegations': { hash: '#/control-plane?tab=delegations', complete: '.table' },
  'control-plane-revocations': { hash: '#/control-plane?tab=revocations', complete: '.rung' },
  'control-plane-trust': { hash: '#/control-plane?tab=trust', complete: '.table >> nth=1' },
  'control-plane-webhooks': { hash: '#/control-plane?tab=webhooks', complete: '.webhook .table' },
  'control-plane-audit': { hash: '#/control-plane?tab=audit', complete: '.table' },
  'refused-verdict': { hash: `#/runs/${refused.run.run_id}`, complete: '.verdict-links' },
  'refused-checks': {
    hash: `#/runs/${refused.run.run_id}?exchange=${refused.exchanges[0]?.exchange_id}&message=response&tab=checks`,
    complete: '.comparison',
  },
}
