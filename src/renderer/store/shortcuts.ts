/** Where the space bar presses, chooses or ticks what has the focus. */
export function usesSpace({ target }: KeyboardEvent): boolean {
  const pressable =
    'a, button, summary, [role="button"], [role="gridcell"], [role="option"], [role="radio"], [role="tab"], [role="treeitem"]'
  return target instanceof Element && target.closest(pressable) !== null
}

/** A key belongs to whoever is being typed into, and to an open dialog. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true
  const target = event.target
  if (!(target instanceof Element)) return false
  return (
    target.closest('input, textarea, [contenteditable], [role="dialog"], [role="listbox"], [role="menu"]') !==
    null
  )
}
