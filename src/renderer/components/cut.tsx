import { cutMiddle } from '../../shared/cut.ts'
import { CopyButton } from './copy-button.tsx'

interface CutProps {
  readonly value: string
  readonly what: string
  readonly short?: string
}

/** A value that was on the wire: cut, whole on hover and by copying. */
export function Cut({ value, what, short = cutMiddle(value) }: CutProps) {
  return (
    <span className="cut">
      <span title={value}>{short}</span>
      <CopyButton text={value} what={what} />
    </span>
  )
}
