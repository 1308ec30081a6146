/**
 * Whether a request to an agent comes from a web page: agents talk to agents and to their host, whichever name a page
 * found for their address.
 *
 * @param authorities the `Host` values that mean the agent
 */
export function isFromPage(
  { host = '', origin }: { readonly host?: string | undefined; readonly origin?: string | undefined },
  authorities: readonly string[],
): boolean {
  return origin !== undefined || !authorities.includes(host)
}

const message = 'Web pages may not talk to this agent.'

/** What a web page is answered, with status 403. */
export const pageRefusal = { error: { code: 'forbidden_origin', message }, detail: message } as const
