import { CopyButton } from '../../components/copy-button.tsx'
import { align, type Column, linesOf, pieces } from './aligned-diff.ts'

interface ComparisonProps {
  readonly expected: string
  readonly actual: string
  /** Characters in a line. */
  readonly width?: number
  readonly copyable?: boolean
}

/** Expected over actual, in fixed columns, with the difference marked. */
export function Comparison({ expected, actual, width = 36, copyable = true }: ComparisonProps) {
  return (
    <figure className="comparison" aria-label="Expected and actual">
      <span className="visually-hidden">
        Expected {expected}. Actual {actual}.
      </span>
      <div aria-hidden="true">
        {linesOf(align(expected, actual), width).map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
          <div key={index} className="comparison-pair">
            <Line label={index === 0 ? 'expected' : ''} line={line} side="expected" />
            <Line label={index === 0 ? 'actual' : ''} line={line} side="actual" />
          </div>
        ))}
      </div>
      {copyable ? (
        <div className="comparison-copy">
          <span>expected</span>
          <CopyButton text={expected} what="the expected value" />
          <span>actual</span>
          <CopyButton text={actual} what="the actual value" />
        </div>
      ) : null}
    </figure>
  )
}

interface LineProps {
  readonly label: string
  readonly line: readonly Column[]
  readonly side: 'expected' | 'actual'
}

function Line({ label, line, side }: LineProps) {
  return (
    <div className={`comparison-line ${side}`}>
      <span className="comparison-label">{label}</span>
      <code>
        {pieces(line, side).map(({ text, differs }, index) =>
          differs ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place
            <mark key={index}>{text}</mark>
          ) : (
            text
          ),
        )}
      </code>
    </div>
  )
}
