import { create } from 'zustand'
import { replaceQuery } from './router.ts'

export const lenses = ['sequence', 'timeline', 'output', 'control-plane', 'trust'] as const
export type Lens = (typeof lenses)[number]

export const inspectorTabs = ['summary', 'http', 'body', 'tokens', 'checks'] as const
export type InspectorTab = (typeof inspectorTabs)[number]

export type Direction = 'request' | 'response'

/** What is looked at, in every lens at once. */
export interface Selection {
  readonly exchangeId: string | null
  readonly direction: Direction
  readonly eventSeq: number | null
}

interface RunView {
  readonly lens: Lens
  readonly tab: InspectorTab
  readonly selection: Selection
  /** Conversations whose fold the person changed, by id. */
  readonly folds: ReadonlyMap<string, boolean>
  /** Lenses whose drawing is shown as its table. */
  readonly asTable: ReadonlySet<Lens>
  /** Trust as it was at the selected event, not as it is now. */
  readonly trustAtSelection: boolean
  readonly filter: string
  readonly onlyDifferences: boolean
}

export const nothingSelected: Selection = { exchangeId: null, direction: 'request', eventSeq: null }

const fresh: RunView = {
  lens: 'sequence',
  tab: 'summary',
  selection: nothingSelected,
  folds: new Map(),
  asTable: new Set(),
  trustAtSelection: false,
  filter: '',
  onlyDifferences: false,
}

export const useRunView = create<RunView>()(() => fresh)

/** Takes a view out of an address: `?exchange=…&message=response&event=12&lens=timeline&tab=checks`. */
export function openRunView(query: URLSearchParams): void {
  const seq = Number(query.get('event') ?? Number.NaN)
  useRunView.setState({
    ...fresh,
    lens: lenses.find((lens) => lens === query.get('lens')) ?? fresh.lens,
    tab: inspectorTabs.find((tab) => tab === query.get('tab')) ?? fresh.tab,
    selection: {
      exchangeId: query.get('exchange'),
      direction: query.get('message') === 'response' ? 'response' : 'request',
      eventSeq: Number.isInteger(seq) && seq > 0 ? seq : null,
    },
  })
}

/** Keeps the address a link to exactly what is shown. */
export function keepAddress(): () => void {
  return useRunView.subscribe(({ lens, tab, selection }) => {
    const query = new URLSearchParams()
    if (selection.exchangeId !== null) {
      query.set('exchange', selection.exchangeId)
      query.set('message', selection.direction)
      query.set('tab', tab)
    }
    if (selection.eventSeq !== null) query.set('event', String(selection.eventSeq))
    if (lens !== fresh.lens) query.set('lens', lens)
    replaceQuery(query)
  })
}

export function select(selection: Partial<Selection>, tab?: InspectorTab): void {
  useRunView.setState((view) => ({
    selection: { ...nothingSelected, ...selection },
    tab: tab ?? view.tab,
  }))
}

export function setLens(lens: Lens): void {
  useRunView.setState({ lens })
}

export function setAsTable(lens: Lens, on: boolean): void {
  useRunView.setState(({ asTable }) => {
    const others = [...asTable].filter((other) => other !== lens)
    return { asTable: new Set(on ? [...others, lens] : others) }
  })
}

export function setTab(tab: InspectorTab): void {
  useRunView.setState({ tab })
}

export function setFold(id: string, folded: boolean): void {
  useRunView.setState(({ folds }) => ({ folds: new Map(folds).set(id, folded) }))
}
