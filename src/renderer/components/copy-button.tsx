import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, Tooltip, TooltipTrigger } from 'react-aria-components'

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1_500)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <TooltipTrigger delay={400}>
      <Button
        className="button plain tiny"
        aria-label={copied ? `Copied ${what}` : `Copy ${what}`}
        onPress={() => {
          copy(text).then(setCopied, () => setCopied(false))
        }}
      >
        {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      </Button>
      <Tooltip className="tooltip" offset={6}>
        {copied ? 'Copied' : `Copy ${what}`}
      </Tooltip>
    </TooltipTrigger>
  )
}

/** The clipboard may be denied to a window; a selection can still be copied then. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'visually-hidden'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}
