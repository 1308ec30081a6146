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
