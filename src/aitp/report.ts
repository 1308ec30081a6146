/** Where one check of a verification ended. `not_reached`: an earlier check failed. `skipped`: its input was not given. */
export type CheckStatus = 'passed' | 'failed' | 'not_reached' | 'skipped'

/** What a {@link Report} of a handshake or a call is about. */
export type ReportSubject =
  | 'manifest'
  | 'mutual_hello'
  | 'mutual_hello_ack'
  | 'mutual_commit'
  | 'mutual_commit_ack'
  | 'tct'
  | 'grant_voucher'
  | 'unsigned'

/** What a {@link Report} is about when it is not part of a handshake or a call. */
export type ArtefactSubject =
  | ReportSubject
  | 'delegation'
  | 'revocation_list'
  | 'session_bundle'
  | 'pop_challenge'
  | 'pop_response'
  | 'renewal_request'
  | 'renewal_response'
  | 'error'
  | 'identity_token'

/**
 * One rung of a verification ladder. `expected` and `actual` are short texts for people (a value, a time, a
 * comparison); `null` where there is nothing to compare. `section` names the RFC section, e.g. `RFC-AITP-0005 §2`.
 */
export interface Check {
  readonly id: string
  readonly title: string
  readonly section: string
  readonly status: CheckStatus
  readonly expected: string | null
  readonly actual: string | null
}

/** The ladder of one verification, in the order in which the specification names the checks. */
export interface Report<Subject extends ArtefactSubject = ReportSubject> {
  readonly subject: Subject
  readonly verdict: 'accepted' | 'refused'
  /** Wire code of the refusal, `null` when accepted. */
  readonly code: string | null
  /** Unix seconds of the clock the checks used. */
  readonly checked_at: number
  readonly checks: readonly Check[]
}
