/** The size of a node at 100 %, in pixels. */
export const nodeSize = { width: 208, height: 68 }

/** Room for what stands beside the edges between two nodes. */
const gap = { x: 56, y: 44 }
/** Two nodes stand as far apart as the label of an edge is wide. */
const smallest = 300

export interface Point {
  readonly x: number
  readonly y: number
}

/** A larger ellipse would be empty but for its rim, and at fit its agents too small to read. */
const mostOnEllipse = 10

/** Centres of the nodes: the same order gives the same places. */
export function placesOf(count: number): readonly Point[] {
  return count <= mostOnEllipse ? ellipse(count) : rows(count)
}

/** About twice as wide as high; every other row stands between, so that fewer edges run along a row of nodes. */
function rows(count: number): readonly Point[] {
  const step = { x: nodeSize.width + 2 * gap.x, y: nodeSize.height + 2 * gap.y }
  const columns = Math.ceil(Math.sqrt((2 * count * step.y) / step.x))
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns)
    return { x: ((index % columns) + (row % 2) / 2) * step.x, y: row * step.y }
  })
}

/**
 * Centres on an ellipse that is wider than high, as small as can be without two nodes touching.
 */
function ellipse(count: number): readonly Point[] {
  for (let radius = smallest; ; radius *= 1.1) {
    const places = Array.from({ length: count }, (_, index) => {
      const angle = Math.PI + (2 * Math.PI * index) / count
      return { x: radius * Math.cos(angle), y: radius * 0.62 * Math.sin(angle) }
    })
    if (!places.some((place, index) => touches(place, places[(index + 1) % count]))) return places
  }
}

/** Neighbours on the ellipse are the nearest there are. */
function touches(one: Point, other: Point | undefined): boolean {
  return (
    other !== undefined &&
    one !== other &&
    Math.abs(one.x - other.x) < nodeSize.width + gap.x &&
    Math.abs(one.y - other.y) < nodeSize.height + gap.y
  )
}

export interface Curve {
  readonly path: string
  /** The head of the arrow at its end. */
  readonly head: string
  /** Where its label stands: nearer to its start, so that labels of crossing edges stay apart. */
  readonly label: Point
}

/** An edge from border to border that swings out to its right, so that the way there and the way back stay apart. */
export function curveBetween(from: Point, to: Point, lane: number): Curve {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1
  const swing = 56 + 52 * lane
  const bend = {
    x: (from.x + to.x) / 2 - ((to.y - from.y) / length) * swing,
    y: (from.y + to.y) / 2 + ((to.x - from.x) / length) * swing,
  }
  const start = onBorder(from, bend)
  const end = onBorder(to, bend)
  const at = 0.4
  const along = (axis: 'x' | 'y') =>
    (1 - at) ** 2 * start[axis] + 2 * at * (1 - at) * bend[axis] + at ** 2 * end[axis]
  return {
    head: headAt(end, bend),
    path: `M ${start.x} ${start.y} Q ${bend.x} ${bend.y} ${end.x} ${end.y}`,
    label: { x: along('x'), y: along('y') },
  }
}

function headAt(tip: Point, from: Point): string {
  const length = Math.hypot(tip.x - from.x, tip.y - from.y) || 1
  const [x, y] = [(tip.x - from.x) / length, (tip.y - from.y) / length]
  const corner = (side: 1 | -1) => `${tip.x - 11 * x + side * 5 * y} ${tip.y - 11 * y - side * 5 * x}`
  return `M ${tip.x} ${tip.y} L ${corner(1)} L ${corner(-1)} Z`
}

/** Where the line from the middle of a node to a point leaves it. */
function onBorder(centre: Point, towards: Point): Point {
  const [x, y] = [towards.x - centre.x, towards.y - centre.y]
  const scale = Math.min(nodeSize.width / 2 / (Math.abs(x) || 1), nodeSize.height / 2 / (Math.abs(y) || 1))
  return { x: centre.x + x * scale, y: centre.y + y * scale }
}
