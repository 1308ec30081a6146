import { expect, test } from 'vitest'
import { curveBetween, nodeSize, placesOf } from '../../src/renderer/features/trust/graph-layout.ts'

test('no two of up to 200 agents stand on each other', () => {
  for (const count of [1, 2, 3, 4, 5, 8, 10, 11, 13, 24, 50, 200]) {
    const places = placesOf(count)
    const overlapping = places.flatMap((one, index) =>
      places
        .slice(index + 1)
        .filter(
          (other) =>
            Math.abs(one.x - other.x) < nodeSize.width && Math.abs(one.y - other.y) < nodeSize.height,
        ),
    )
    expect({ count, places: places.length, overlapping }).toEqual({ count, places: count, overlapping: [] })
  }
})

test('the way there and the way back, and a second one beside them, have labels apart', () => {
  const [left, right] = placesOf(2)
  if (!left || !right) throw new TypeError('there are two places')
  const labels = [curveBetween(left, right, 0), curveBetween(right, left, 0), curveBetween(left, right, 1)]
  const [there, back, beside] = labels.map(({ label }) => label.y)
  expect(Math.sign(there ?? 0)).toBe(-Math.sign(back ?? 0))
  expect(Math.abs(beside ?? 0)).toBeGreaterThan(Math.abs(there ?? 0) + 20)
})

test('an arrow begins and ends at the border of its agents', () => {
  const { path } = curveBetween({ x: 0, y: 0 }, { x: 1_000, y: 0 }, 0)
  const [start, , end] = [...path.matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x]) => Number(x))
  expect(start).toBeCloseTo(nodeSize.width / 2)
  expect(end).toBeCloseTo(1_000 - nodeSize.width / 2)
})
