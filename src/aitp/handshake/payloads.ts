import { anyObject, capabilities, nonce, opaque, type Shape } from '../shape.ts'
import type { JsonObject } from '../strict-json.ts'

/** The manifest and the identity have shapes and codes of their own; here they only have to be objects. */
export const helloShape: Shape = {
  required: { identity: anyObject, manifest: anyObject, requested_grants: capabilities, pop_nonce: nonce },
  optional: { extensions: anyObject },
}

export const helloAckShape: Shape = {
  required: { ...helloShape.required, pop_nonce_echo: nonce },
  optional: helloShape.optional,
}

/** Commit and commit ack have the same members. */
export const commitShape: Shape = {
  required: { tct: opaque, pop_signature: opaque, pop_nonce_echo: nonce },
  optional: { grant_voucher: opaque, extensions: anyObject },
}

/** `requested_grants` of a payload that has passed its shape. */
export function requestedGrants({ requested_grants }: JsonObject): readonly string[] {
  return Array.isArray(requested_grants) ? requested_grants.map(String) : []
}
