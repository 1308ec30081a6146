import { useEffect } from 'react'
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { create } from 'zustand'
import { isTyping } from '../store/shortcuts.ts'

const useSheet = create<{ readonly open: boolean }>()(() => ({ open: false }))

export function showShortcuts(): void {
  useSheet.setState({ open: true })
}

const groups = [
  {
    title: 'Everywhere',
    rows: [
      [['/'], 'Search or filter'],
      [['?'], 'This sheet'],
    ],
  },
  {
    title: 'In a run',
    rows: [
      [['1', '2', '3'], 'Sequence, timeline, output'],
      [['4'], 'Wire inspector'],
      [[']', '['], 'Next and previous failure, with its checks'],
      [['Esc'], 'Close the inspector'],
    ],
  },
  {
    title: 'In the sequence and the timeline',
    rows: [
      [['Up', 'Down'], 'Previous and next'],
      [['Home', 'End'], 'First and last'],
      [['Left', 'Right'], 'Fold and unfold a conversation'],
      [['Enter'], 'Select, and show in every lens'],
    ],
  },
] as const

export function ShortcutSheet() {
  const open = useSheet((sheet) => sheet.open)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === '?' && !isTyping(event)) showShortcuts()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return (
    <ModalOverlay
      className="modal-overlay"
      isOpen={open}
      onOpenChange={(next) => useSheet.setState({ open: next })}
      isDismissable
    >
      <Modal className="modal">
        <Dialog>
          <Heading slot="title" level={2}>
            Keyboard shortcuts
          </Heading>
          {groups.map(({ title, rows }) => (
            <section key={title} className="shortcut-group">
              <h3>{title}</h3>
              <dl>
                {rows.map(([keys, meaning]) => (
                  <div key={meaning}>
                    <dt>
                      {keys.map((key) => (
                        <kbd key={key} className="shortcut">
                          {key}
                        </kbd>
                      ))}
                    </dt>
                    <dd>{meaning}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
          <div className="modal-actions">
            <Button slot="close" className="button">
              Close
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
