import { publicKeyText } from '../manifest/document.ts'
import { anyObject, closedObject, nonEmptyString, oneOf, opaque, type Rule, stringOf } from '../shape.ts'
import { isJsonObject } from '../strict-json.ts'
import { isUri } from '../uri.ts'

const descriptorType = oneOf('oidc', 'pinned_key')

const pinnedKeyDescriptor = closedObject({
  required: { type: descriptorType, subject: nonEmptyString, public_key: publicKeyText, proof: opaque },
  optional: { extensions: anyObject },
})

const oidcDescriptor = closedObject({
  required: {
    type: descriptorType,
    subject: nonEmptyString,
    issuer: stringOf('a URI', isUri),
    proof: opaque,
  },
  optional: { extensions: anyObject },
})

/** The member `identity` of a hello (RFC-AITP-0002 §1). A key beside `oidc` is refused: the AID has it already. */
export const identityDescriptor: Rule = (value) => {
  const isPinnedKey = isJsonObject(value) && value['type'] === 'pinned_key'
  return isPinnedKey ? pinnedKeyDescriptor(value) : oidcDescriptor(value)
}
