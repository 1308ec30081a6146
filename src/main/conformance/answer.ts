import { AitpError } from '../../aitp/index.ts'
import type { Tree } from './tree.ts'

/** What an operation answers. `code` is a registry code, or one of {@link HarnessCode}. */
export type Answer =
  | { readonly ok: true; readonly result: Tree }
  | {
      readonly ok: false
      readonly code: string
      readonly message: string
      /** What was observed on the way to the refusal. */
      readonly sideEffects?: Readonly<Record<string, boolean>>
    }

/** Codes of the harness itself, outside the protocol's registry. */
export type HarnessCode = 'OP_NOT_SUPPORTED' | 'INVALID_REQUEST' | 'INTERNAL_ERROR' | 'MALFORMED_REQUEST'

/** The request was wrong, not the artefact in it. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError'
  readonly code: HarnessCode

  constructor(code: HarnessCode, message: string) {
    super(message)
    this.code = code
  }
}

/** A refusal of the protocol, together with what was observed on the way to it. */
export class ObservedRefusal extends Error {
  override readonly name = 'ObservedRefusal'
  readonly refusal: AitpError
  readonly sideEffects: Readonly<Record<string, boolean>>

  constructor(refusal: AitpError, sideEffects: Readonly<Record<string, boolean>>) {
    super(refusal.message, { cause: refusal })
    this.refusal = refusal
    this.sideEffects = sideEffects
  }
}

/** Runs one operation and turns whatever it throws into an answer. */
export function answer(operate: () => Tree): Answer {
  try {
    return { ok: true, result: operate() }
  } catch (error) {
    if (error instanceof ObservedRefusal) {
      const { code, message } = error.refusal
      return { ok: false, code, message, sideEffects: error.sideEffects }
    }
    if (error instanceof AitpError || error instanceof HarnessError) {
      return { ok: false, code: error.code, message: error.message }
    }
    return { ok: false, code: 'INTERNAL_ERROR', message: String(error) }
  }
}
