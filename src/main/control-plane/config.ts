import type { Aitp } from '../../aitp/index.ts'
import { AppError } from '../../shared/errors.ts'
import type { ControlPlaneChoice } from '../../shared/run.ts'

/** How to reach a Control Plane, and whom to believe there. */
export interface ControlPlaneConfig {
  /** As a run's record tells it. */
  readonly choice: ControlPlaneChoice
  /** Without a trailing slash. */
  readonly baseUrl: string
  readonly apiKey: string | null
  /** Who must have signed its revocation list; `null` uses none. */
  readonly aid: string | null
  readonly timeoutMs: number
}

/** How agents treat revocation by others, unless the scenario says otherwise; times in seconds. */
export interface RevocationConfig {
  /** `null`: nobody chose one, and an agent judges its own tokens by its own list alone. */
  readonly failMode: 'fail_closed' | 'soft_fail' | null
  readonly maxStalenessSecs: number
  /** Whether somebody set that age. */
  readonly isAgeChosen: boolean
  readonly pollSecs: number
}

/** The Control Plane inside the console, where there is one. */
export type EmbeddedAddress = Pick<ControlPlaneConfig, 'baseUrl' | 'apiKey' | 'aid'> | null

/**
 * The Control Plane of a run: the chosen one, else `CP_BASE_URL` where that is set (empty means none), else the one
 * inside the console. `CP_API_KEY` and `CP_AID` belong to the origin of the configured address, or to whichever one is
 * chosen where none is configured; an empty `CP_BASE_URL` gives them to nobody.
 * Throws `invalid_body` for an address with credentials, and for an embedded one that there is not.
 */
export function controlPlaneConfig(
  environment: NodeJS.ProcessEnv,
  choice: ControlPlaneChoice | undefined,
  embedded: EmbeddedAddress,
): ControlPlaneConfig | null {
  const configured = environment['CP_BASE_URL']?.trim() ?? ''
  const otherwise = environment['CP_BASE_URL'] === undefined && embedded !== null ? 'embedded' : 'off'
  const address = choice ?? (configured === '' ? otherwise : configured)
  const timeoutMs = positive(environment['CP_TIMEOUT_MS'], 5_000)
  if (address === 'off') return null
  if (address === 'embedded') {
    if (embedded !== null) return { choice: 'embedded', ...embedded, timeoutMs }
    throw new AppError(
      'invalid_body',
      'This console has no Control Plane of its own; choose `off` or an address.',
    )
  }
  const baseUrl = controlPlaneAddress(address)
  const isConfigured = environment['CP_BASE_URL'] === undefined || isSameOrigin(configured, baseUrl)
  return {
    choice: baseUrl,
    baseUrl,
    apiKey: (isConfigured && environment['CP_API_KEY']) || null,
    aid: (isConfigured && environment['CP_AID']) || null,
    timeoutMs,
  }
}

/** Throws `invalid_body` or `usage` for what is configured and cannot be used, before anything is begun with it. */
export function requireUsable(aitp: Pick<Aitp, 'parseAid'>, environment: NodeJS.ProcessEnv): void {
  controlPlaneConfig(environment, undefined, null)
  const { CP_AID: aid, CP_TIMEOUT_MS: timeout } = environment
  if (timeout && positive(timeout, 0) === 0) {
    throw new AppError('usage', `CP_TIMEOUT_MS is a number of milliseconds above 0, not "${timeout}".`)
  }
  if (!aid) return
  try {
    aitp.parseAid(aid)
  } catch (cause) {
    throw new AppError('usage', `CP_AID is the AID of a Control Plane, not "${aid}".`, { cause })
  }
}

/**
 * The environment of a console that works with the chosen one: `CP_BASE_URL` is an address, empty for none, absent for
 * the one inside. A key and an AID of another origin are left behind.
 */
export function chosenFor(
  environment: NodeJS.ProcessEnv,
  choice: ControlPlaneChoice | undefined,
): NodeJS.ProcessEnv {
  if (choice === undefined) return environment
  const { CP_BASE_URL: configured, CP_API_KEY: apiKey, CP_AID: aid, ...others } = environment
  const address = choice === 'embedded' ? {} : { CP_BASE_URL: choice === 'off' ? '' : choice }
  const isOther = configured !== undefined && (choice === 'embedded' || !isSameOrigin(configured, choice))
  return { ...others, ...address, ...(isOther ? {} : { CP_API_KEY: apiKey, CP_AID: aid }) }
}

export function revocationConfig(environment: NodeJS.ProcessEnv): RevocationConfig {
  return {
    failMode: failMode(environment['REVOCATION_FAIL_MODE']?.trim() ?? ''),
    maxStalenessSecs: positive(environment['REVOCATION_MAX_STALENESS_SECS'], 300),
    isAgeChosen: (environment['REVOCATION_MAX_STALENESS_SECS'] ?? '').trim() !== '',
    pollSecs: positive(environment['REVOCATION_POLL_SECS'], 60),
  }
}

/** Whatever is not `soft_fail` fails closed; nothing at all is no choice. */
function failMode(text: string): RevocationConfig['failMode'] {
  if (text === '') return null
  return text === 'soft_fail' ? 'soft_fail' : 'fail_closed'
}

/** As a run's record tells it: some configure the origin, some the address of its `/api` (D-21). Throws `invalid_body`. */
export function controlPlaneAddress(address: string): string {
  return parseAddress(address)
    .href.replace(/\/+$/, '')
    .replace(/\/api$/, '')
}

function isSameOrigin(configured: string, address: string): boolean {
  return configured.trim() !== '' && parseAddress(configured).origin === URL.parse(address)?.origin
}

function parseAddress(address: string): URL {
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new AppError(
      'invalid_body',
      'The address of a Control Plane is http or https, without a user name or a password in it.',
    )
  }
  return url
}

function positive(text: string | undefined, otherwise: number): number {
  const value = Number(text)
  return Number.isInteger(value) && value > 0 ? value : otherwise
}
