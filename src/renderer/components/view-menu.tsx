import { Check, SunMoon } from 'lucide-react'
import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from 'react-aria-components'
import { textSizes, themes, usePreferences } from '../store/preferences.ts'

const themeNames = { system: 'As the system', dark: 'Dark', light: 'Light' } as const

export function ViewMenu() {
  const { theme, textSize } = usePreferences()
  return (
    <MenuTrigger>
      <Button className="button plain icon" aria-label="Theme and text size">
        <SunMoon size={18} aria-hidden />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu aria-label="Theme and text size" className="menu">
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[theme]}
            onSelectionChange={(keys) => {
              const chosen = themes.find((name) => keys !== 'all' && keys.has(name))
              if (chosen) usePreferences.setState({ theme: chosen })
            }}
          >
            <Header className="menu-header">Theme</Header>
            {themes.map((name) => (
              <Item key={name} id={name} text={themeNames[name]} chosen={name === theme} />
            ))}
          </MenuSection>
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[String(textSize)]}
            onSelectionChange={(keys) => {
              const chosen = textSizes.find((size) => keys !== 'all' && keys.has(String(size)))
              if (chosen) usePreferences.setState({ textSize: chosen })
            }}
          >
            <Header className="menu-header">Text size</Header>
            {textSizes.map((size) => (
              <Item key={size} id={String(size)} text={`${size} %`} chosen={size === textSize} />
            ))}
          </MenuSection>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}

interface ItemProps {
  readonly id: string
  readonly text: string
  readonly chosen: boolean
}

function Item({ id, text, chosen }: ItemProps) {
  return (
    <MenuItem id={id} className="option" textValue={text}>
      {text}
      {chosen ? <Check size={16} aria-hidden /> : null}
    </MenuItem>
  )
}
