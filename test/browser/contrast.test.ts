import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(new URL('../../src/renderer/styles/tokens.css', import.meta.url), 'utf8')
const surfaces = ['background', 'surface', 'raised', 'selected']
const texts = ['text', 'muted', 'accent', 'valid', 'caution', 'refused', 'pending', 'revoked']

for (const [theme, place] of [
  ['light', 1],
  ['dark', 2],
] as const) {
  test(`every text is at least 7 : 1 on every surface, ${theme}`, () => {
    const weak = texts.flatMap((text) =>
      surfaces
        .map((surface) => ({ text, surface, ratio: contrast(colour(text, place), colour(surface, place)) }))
        .filter(({ ratio }) => ratio < 7),
    )
    expect(weak).toEqual([])
  })

  test(`edges of controls and lifelines are at least 3 : 1 or only lines, ${theme}`, () => {
    for (const surface of ['background', 'surface'])
      expect(contrast(colour('edge', place), colour(surface, place))).toBeGreaterThanOrEqual(3)
    expect(contrast(colour('on-accent', place), colour('accent', place))).toBeGreaterThanOrEqual(7)
  })
}

/** A token of `light-dark(#…, #…)` as three channels. */
function colour(name: string, place: 1 | 2): readonly number[] {
  const hex = new RegExp(`--${name}: light-dark\\(#([0-9a-f]{6}), #([0-9a-f]{6})\\)`).exec(css)?.[place]
  if (!hex) throw new Error(`tokens.css has no colour ${name}`)
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
}

/** WCAG 2: ratio of relative luminances. */
function contrast(one: readonly number[], two: readonly number[]): number {
  const [dark = 0, bright = 0] = [luminance(one), luminance(two)].sort((a, b) => a - b)
  return (bright + 0.05) / (dark + 0.05)
}

function luminance(channels: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = channels.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
