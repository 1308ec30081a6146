import type { ReactNode } from 'react'

/** Names and values in two columns. */
export function FactsList({ children }: { readonly children: ReactNode }) {
  return <dl className="fact-list">{children}</dl>
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
