/** In Unicode mode a pair is one code point, so this finds only surrogates that stand alone. */
const LONE_SURROGATE = /\p{Surrogate}/u

/** Whether the text has no lone surrogate, so that it has a UTF-8 form. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text)
}
