import { isIP } from 'node:net'
import { AppError } from '../../shared/errors.ts'
import { type Loosened, loopback } from '../api/reach.ts'

/** Options of `serve` that loosen the guard. */
export interface DangerousOptions {
  readonly dangerouslyListen?: true
  readonly dangerouslyNoBearer?: true
}

/** What the options and `HOST` ask for. Throws `usage` for a `HOST` beyond this machine without its option. */
export function loosenedBy(
  { dangerouslyListen, dangerouslyNoBearer }: DangerousOptions,
  host: string,
): Loosened {
  const listen = host === '' ? '0.0.0.0' : host
  const staysHere = ['localhost', loopback].includes(listen)
  if (!dangerouslyListen && host !== '' && !staysHere) {
    throw new AppError(
      'usage',
      `HOST is ${host}, where other machines may reach the console; unset it, or add --dangerously-listen.`,
    )
  }
  if (dangerouslyListen && dangerouslyNoBearer) {
    throw new AppError(
      'usage',
      '--dangerously-no-bearer keeps to this machine; leave out --dangerously-listen.',
    )
  }
  if (dangerouslyListen && !staysHere && isIP(listen) === 0) {
    throw new AppError('usage', `HOST must be an IP address, not "${host}".`)
  }
  return {
    ...(dangerouslyNoBearer ? { noBearer: true } : {}),
    ...(dangerouslyListen && !staysHere ? { listen } : {}),
  }
}

/** What a person has to know who loosened something. */
export function warnings({ noBearer, listen }: Loosened): string[] {
  return [
    ...(noBearer
      ? ['WARNING: nobody is asked for the bearer; any program on this machine may do anything.']
      : []),
    ...(listen === undefined
      ? []
      : [
          `WARNING: other machines reach this console at ${listen}; bearer and tokens cross the network in the clear.`,
        ]),
  ]
}
