import { Check, ChevronDown, CircleAlert } from 'lucide-react'
import {
  Button,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
  Text,
  TextArea,
  TextField,
} from 'react-aria-components'
import { Toggle } from '../../components/toggle.tsx'
import type { InputField } from './input-fields.ts'

interface ControlProps {
  readonly field: InputField
  readonly text: string
  readonly problem: string | null
  readonly onChange: (text: string) => void
}

export function InputControl(props: ControlProps) {
  switch (props.field.kind) {
    case 'choice':
      return <Choice {...props} />
    case 'boolean':
      return <OnOff {...props} />
    default:
      return <Line {...props} />
  }
}

function Line({ field, text, problem, onChange }: ControlProps) {
  const many = field.kind === 'json'
  return (
    <TextField
      className="field"
      value={text}
      onChange={onChange}
      isInvalid={problem !== null}
      isRequired={field.required}
    >
      <Caption field={field} />
      {many ? (
        <TextArea className="input" rows={4} spellCheck={false} />
      ) : (
        <Input className="input" inputMode={field.kind === 'text' ? 'text' : 'decimal'} />
      )}
      <Hint field={field} text={text} />
      <Problem problem={problem} />
    </TextField>
  )
}

function Choice({ field, text, problem, onChange }: ControlProps) {
  return (
    <Select
      className="field"
      value={text === '' ? null : text}
      onChange={(key) => onChange(String(key ?? ''))}
      isInvalid={problem !== null}
      isRequired={field.required}
    >
      <Caption field={field} />
      <Button className="select-button">
        <SelectValue>{({ selectedText }) => selectedText}</SelectValue>
        <ChevronDown size={18} aria-hidden />
      </Button>
      <Hint field={field} text={text} />
      <Problem problem={problem} />
      <Popover className="popover">
        <ListBox className="menu">
          {field.choices.map((choice) => (
            <ListBoxItem key={choice} id={choice} className="option" textValue={choice}>
              {choice}
              {choice === text ? <Check size={16} aria-hidden /> : null}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  )
}

function OnOff({ field, text, onChange }: ControlProps) {
  return (
    <Toggle
      label={field.title}
      description={field.description}
      isOn={text === 'true'}
      onChange={(on) => onChange(String(on))}
    />
  )
}

function Caption({ field }: { readonly field: InputField }) {
  return (
    <Label className="field-label">
      {field.title}
      <span className="muted">{field.required ? 'required' : 'optional'}</span>
    </Label>
  )
}

function Hint({ field, text }: { readonly field: InputField; readonly text: string }) {
  const { description, fallback } = field
  return (
    <Text slot="description" className="field-hint">
      {description}
      {fallback === null ? null : (
        <>
          {description === null ? '' : ' '}
          {text === fallback ? 'This is the default.' : `Default: ${fallback}`}
        </>
      )}
    </Text>
  )
}

function Problem({ problem }: { readonly problem: string | null }) {
  return (
    <FieldError className="field-error">
      <CircleAlert size={16} aria-hidden /> {problem}
    </FieldError>
  )
}
