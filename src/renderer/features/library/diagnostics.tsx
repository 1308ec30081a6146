import { CircleX, TriangleAlert } from 'lucide-react'
import type { Diagnostic } from '../../../shared/scenario.ts'
import { CopyButton } from '../../components/copy-button.tsx'

/** Files that cannot be run, named with the reason; every other scenario works. */
export function Diagnostics({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }) {
  if (diagnostics.length === 0) return null
  return (
    <section className="diagnostics" aria-label="Problems in scenario files">
      {diagnostics.map((problem) => {
        const place = `${problem.file}:${problem.line}:${problem.column}`
        const broken = problem.severity === 'error'
        return (
          <div key={`${place} ${problem.rule} ${problem.message}`} className="diagnostic">
            {broken ? (
              <CircleX size={18} className="tone-refused" aria-label="Error" role="img" />
            ) : (
              <TriangleAlert size={18} className="tone-caution" aria-label="Warning" role="img" />
            )}
            <div>
              <p>{problem.message}</p>
              <p className="small">
                <code>{place}</code>
                <CopyButton text={place} what="the place" />
                <span className="muted"> rule </span>
                <code className="muted">{problem.rule}</code>
              </p>
            </div>
          </div>
        )
      })}
    </section>
  )
}
