import { create } from 'zustand'

export const themes = ['system', 'dark', 'light'] as const
export type Theme = (typeof themes)[number]
export const textSizes = [100, 150, 200] as const
export type TextSize = (typeof textSizes)[number]

interface Preferences {
  readonly theme: Theme
  /** Percent; scales content, not controls. */
  readonly textSize: TextSize
}

const storageKey = 'aitp-console.preferences'

export const usePreferences = create<Preferences>()(() => stored())

/** Puts the choices on the root element, where the style sheets read them. */
export function applyPreferences(): void {
  apply(usePreferences.getState())
  usePreferences.subscribe((preferences) => {
    apply(preferences)
    localStorage.setItem(storageKey, JSON.stringify(preferences))
  })
}

function apply({ theme, textSize }: Preferences): void {
  document.documentElement.dataset['theme'] = theme
  document.documentElement.dataset['textSize'] = String(textSize)
}

function stored(): Preferences {
  const fallback: Preferences = { theme: 'system', textSize: 100 }
  try {
    const found: Partial<Preferences> = JSON.parse(localStorage.getItem(storageKey) ?? '{}')
    return {
      theme: themes.find((theme) => theme === found.theme) ?? fallback.theme,
      textSize: textSizes.find((size) => size === found.textSize) ?? fallback.textSize,
    }
  } catch {
    return fallback
  }
}
