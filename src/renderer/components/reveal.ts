/**
 * Scrolls the panel around an element, and nothing further out, until the element is in view; `scrollIntoView` would
 * move every ancestor that can be moved.
 */
export function reveal(element: HTMLElement | null, place: 'centre' | 'nearest'): void {
  const panel = element?.closest('.tab-panel')
  if (!element || !panel) return
  const inner = element.getBoundingClientRect()
  const outer = panel.getBoundingClientRect()
  // Sticky heads cover the top of a panel.
  const hidden = inner.top < outer.top + 64 || inner.bottom > outer.bottom
  if (place === 'nearest' && !hidden) return
  panel.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2
}
