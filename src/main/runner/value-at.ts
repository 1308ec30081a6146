import { member } from '../registry/step-shapes.ts'

/** The value at a dotted path, numbers counting members of a list from 0; the whole for an empty path. */
export function valueAt(value: unknown, path: string): unknown {
  return path === '' ? value : path.split('.').reduce(member, value)
}
