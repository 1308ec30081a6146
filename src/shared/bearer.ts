/** The secret of an `Authorization: Bearer` header, empty when there is none. */
export function bearerOf(authorization: string | undefined): string {
  return /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
}

/** Compares in time that depends on the length of `given` alone. */
export function sameSecret(given: string, wanted: string): boolean {
  let difference = given.length ^ wanted.length
  for (let at = 0; at < given.length; at += 1) {
    difference |= given.charCodeAt(at) ^ wanted.charCodeAt(at % wanted.length)
  }
  return wanted.length > 0 && difference === 0
}
