import { expect, it } from 'vitest'
import { isUuid, newUuid } from '../../src/aitp/uuid.ts'

it('sets version and variant whatever the random bytes are', () => {
  expect(newUuid(() => new Uint8Array(16))).toBe('00000000-0000-4000-8000-000000000000')
  expect(newUuid(() => new Uint8Array(16).fill(255))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff')
})

it('leaves the bytes it was given as they are', () => {
  const bytes = new Uint8Array(16)
  newUuid(() => bytes)
  expect(bytes).toEqual(new Uint8Array(16))
})

it.each([
  '550E8400-e29b-41d4-a716-446655440000',
  '{550e8400-e29b-41d4-a716-446655440000}',
  'urn:uuid:550e8400-e29b-41d4-a716-446655440000',
  '550e8400e29b41d4a716446655440000',
  '550e8400-e29b-11d4-a716-446655440000',
  '550e8400-e29b-41d4-c716-446655440000',
  '550e8400-e29b-41d4-a716-446655440000\n',
  '00000000-0000-0000-0000-000000000000',
])('%j is none', (text) => {
  expect(isUuid(text)).toBe(false)
})
