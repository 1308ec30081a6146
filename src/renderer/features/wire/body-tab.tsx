import { useState } from 'react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { CopyButton } from '../../components/copy-button.tsx'
import { Empty } from '../../components/empty.tsx'
import { bytesText, sightsOf } from './captures.ts'
import type { WireProps } from './wire-props.ts'

export function BodyTab({ exchange, message }: WireProps) {
  const [form, setForm] = useState<'pretty' | 'raw'>('pretty')
  const body = sightsOf(exchange, message)[0]?.body
  if (!body) return <Empty title="No side has reported it" />
  if (body.text === '') return <Empty title="It has no body" />
  const pretty = prettyJson(body.text)
  const shown = form === 'pretty' && pretty !== null ? pretty : body.text
  return (
    <>
      <div className="body-bar">
        <ToggleButtonGroup
          className="direction"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[pretty === null ? 'raw' : form]}
          onSelectionChange={(keys) => setForm(keys.has('raw') ? 'raw' : 'pretty')}
          aria-label="Form of the body"
        >
          <ToggleButton id="pretty" className="direction-option" isDisabled={pretty === null}>
            Pretty
          </ToggleButton>
          <ToggleButton id="raw" className="direction-option">
            Raw
          </ToggleButton>
        </ToggleButtonGroup>
        <span className="muted small">
          {bytesText(body.bytes)}
          {body.truncated ? ', cut: the rest was not kept' : ''}
        </span>
        <CopyButton text={shown} what="the body" />
      </div>
      <pre className="body">{shown}</pre>
    </>
  )
}

/** The same members in the same order with white space; `null` for what is no JSON. */
function prettyJson(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return null
  }
}
