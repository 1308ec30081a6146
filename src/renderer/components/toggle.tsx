import { Switch } from 'react-aria-components'

interface ToggleProps {
  readonly label: string
  readonly description: string | null
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}

/** One thing that is on or off. */
export function Toggle({ label, description, isOn, onChange }: ToggleProps) {
  return (
    <div className="field">
      <Switch className="switch" isSelected={isOn} onChange={onChange}>
        <span className="switch-track">
          <span className="switch-thumb" />
        </span>
        <span className="field-label">{label}</span>
      </Switch>
      {description === null ? null : <span className="field-hint">{description}</span>}
    </div>
  )
}
