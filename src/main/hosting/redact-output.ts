import type { BootstrapFile } from '../../shared/bootstrap.ts'
import { withoutJws } from '../../shared/redact-tokens.ts'

/** Shorter values would be found in everything. */
const shortestSecret = 8
const namesSecret = /key|secret|token|passw/i

/** What an agent was given that nobody else may read, should it print it. */
export function secretsOfAgent(
  { aitp, cp, oidc, secrets }: BootstrapFile,
  environment: Readonly<Record<string, string>>,
): string[] {
  const seed = Buffer.from(aitp.seed_hex, 'hex')
  const given = Object.entries(environment).flatMap(([name, value]) =>
    namesSecret.test(name) ? [value] : [],
  )
  return [
    ...(['hex', 'base64', 'base64url'] as const).map((form) => seed.toString(form)),
    secrets.admin,
    secrets.telemetry,
    ...[cp?.api_key, oidc?.private_seed_b64].filter((secret) => typeof secret === 'string'),
    ...given,
  ]
}

/** Takes secrets and tokens out of what a program prints. */
export function createRedactor(secrets: readonly string[]): (line: string) => string {
  const known = secrets.filter(({ length }) => length >= shortestSecret)
  return (line) => withoutJws(known.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line))
}
