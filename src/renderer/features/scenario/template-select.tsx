import { ChevronDown } from 'lucide-react'
import {
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
  Text,
} from 'react-aria-components'
import type { ScenarioDetail } from '../../../shared/contract.ts'

interface TemplateSelectProps {
  readonly templates: ScenarioDetail['templates']
  readonly chosen: string | null
  readonly onChoose: (name: string | null) => void
}

/** Key of "no template"; a template's own name is never empty. */
const none = ''

export function TemplateSelect({ templates, chosen, onChoose }: TemplateSelectProps) {
  const options = [{ name: none, summary: 'The scenario as it is written.' }, ...templates]
  return (
    <Select
      className="field"
      value={chosen ?? none}
      onChange={(key) => onChoose(key === none || key === null ? null : String(key))}
    >
      <Label className="field-label">Variant</Label>
      <Button className="select-button">
        <SelectValue>{chosen ?? 'As written'}</SelectValue>
        <ChevronDown size={18} aria-hidden />
      </Button>
      <Text slot="description" className="field-hint">
        {options.find(({ name }) => name === (chosen ?? none))?.summary}
      </Text>
      <Popover className="popover">
        <ListBox className="menu">
          {options.map(({ name, summary }) => (
            <ListBoxItem key={name} id={name} className="option template-option" textValue={name}>
              <span>{name === none ? 'As written' : name}</span>
              <span className="muted small">{summary}</span>
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  )
}
