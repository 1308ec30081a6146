/** An absolute URI of RFC 3986 by its characters: a scheme and something behind it. It is compared, never parsed. */
const FORM = /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/

export function isUri(text: string): boolean {
  return FORM.test(text)
}
