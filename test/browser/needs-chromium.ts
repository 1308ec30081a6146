import { beforeEach } from 'vitest'
import { findChromium, NoChromium } from './chromium.ts'

/** Why there is no Chromium to test with; `null` where there is one. */
export const chromiumMissing: string | null = await findChromium().then(
  () => null,
  (error: unknown) => {
    if (error instanceof NoChromium) return error.message
    throw error
  },
)

/** Skips every test of the file, and says why, on a machine without Chromium. */
export function needsChromium(): void {
  if (chromiumMissing !== null) console.warn(`skipped: ${chromiumMissing}`)
  beforeEach(({ skip }) => {
    if (chromiumMissing !== null) skip(chromiumMissing)
  })
}
