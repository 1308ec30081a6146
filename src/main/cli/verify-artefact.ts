import {
  type Aid,
  AitpError,
  type Collector,
  createAitp,
  decideRevocation,
  type RevocationDecision,
  type RevocationPolicy,
  type VerifiedManifest,
  type VerifiedRevocationList,
} from '../../aitp/index.ts'
import { nodeEngine } from '../../aitp/platform/node/engine.ts'
import { AppError } from '../../shared/errors.ts'
import type { Report } from '../../shared/report.ts'

export const verifierAitp = createAitp(nodeEngine)

/** What an artefact is held against. What is left out is skipped, and its ladder says so. */
export interface VerifyTerms {
  /** Unix seconds. */
  readonly now: number
  readonly issuer?: Aid
  readonly audience?: Aid
  /** Of the issuer; of a session bundle, of its coordinator. */
  readonly manifest?: VerifiedManifest
  readonly revocations?: VerifiedRevocationList
  readonly policy?: RevocationPolicy
}

interface Verifier {
  readonly subject: Report['subject']
  /** Throws `AitpError` for what is refused, and `usage` for what it cannot do without. */
  readonly verify: (text: string, terms: VerifyTerms, collector: Collector) => unknown
}

/** The usual limit where chains are wanted (RFC-AITP-0011). */
const MAX_HOPS = 3

export const artefactKinds = ['manifest', 'tct', 'delegation', 'revocation-list', 'session-bundle'] as const
export type ArtefactKind = (typeof artefactKinds)[number]

const verifiers: Readonly<Record<ArtefactKind, Verifier>> = {
  manifest: {
    subject: 'manifest',
    verify: (text, { now, issuer }, collector) =>
      verifierAitp.verifyManifest(text, { now, allowLoopbackHttp: true, expectedAid: issuer, collector }),
  },
  tct: {
    subject: 'tct',
    verify: (text, terms, collector) =>
      verifierAitp.verifyTct(text.trim(), {
        now: terms.now,
        expectedIssuer: terms.issuer,
        expectedAudience: terms.audience,
        issuerManifest: terms.manifest,
        revocation: revocationOf(terms),
        collector,
      }),
  },
  delegation: {
    subject: 'delegation',
    verify: (text, terms, collector) =>
      verifierAitp.verifyDelegation(text.trim(), {
        now: terms.now,
        selfAid: requireAudience(
          terms,
          'A delegation is verified by the agent that issued the TCT behind it',
        ),
        maxHops: MAX_HOPS,
        revocation: revocationOf(terms),
        collector,
      }),
  },
  'revocation-list': {
    subject: 'revocation_list',
    verify: (text, { now, issuer, policy }, collector) =>
      verifierAitp.verifyRevocationList(text, {
        now,
        expectedIssuer: issuer,
        failMode: policy?.mode,
        maxStalenessSecs: policy?.maxStalenessSecs,
        collector,
      }),
  },
  'session-bundle': {
    subject: 'session_bundle',
    verify: (text, terms, collector) => {
      const revocation = revocationOf(terms)
      return verifierAitp.verifySessionBundle(text, {
        now: terms.now,
        selfAid: requireAudience(terms, 'A session bundle is verified by one of its participants'),
        expectedCoordinator: terms.issuer,
        coordinatorManifest: terms.manifest,
        isRevoked: revocation && ((jti, issuer) => revocation(jti, issuer, []).outcome === 'revoked'),
        collector,
      })
    },
  },
}

/** The ladder of one artefact. Throws `usage`. */
export function verifyArtefact(kind: ArtefactKind, text: string, terms: VerifyTerms): Report {
  const { subject, verify } = verifiers[kind]
  const collector = verifierAitp.createCollector()
  try {
    verify(text, terms, collector)
  } catch (error) {
    if (!(error instanceof AitpError)) throw error
  }
  const report = collector.report(subject, terms.now)
  return { ...report, checks: [...report.checks] }
}

function requireAudience({ audience }: VerifyTerms, why: string): Aid {
  if (audience !== undefined) return audience
  throw new AppError('usage', `${why}: give its AID with --audience.`)
}

type Decide = (jti: string, issuer: Aid, grants: readonly string[]) => RevocationDecision

function revocationOf({
  now,
  revocations,
  policy = { mode: 'fail_closed' },
}: VerifyTerms): Decide | undefined {
  if (revocations === undefined) return undefined
  return (jti, issuer, grants) => decideRevocation(policy, revocations, { jti, issuer, grants, now })
}
