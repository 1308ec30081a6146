/** Whatever JSON can carry. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

/** A parsed object. It has no prototype, so `__proto__` and `constructor` are members like any other. */
export interface JsonObject {
  readonly [member: string]: JsonValue
}

/** Whether a value is an object, not an array and not `null`. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
