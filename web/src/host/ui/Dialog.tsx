import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { useText } from '../../text/text'
import { useHostText } from '../text/text'
import { Button } from './Button'

interface DialogProps {
  title: string
  onClose: () => void
  children: ReactNode
  buttons?: ReactNode // in place of the Close button
}

/** A modal dialog. Escape and a click outside close it, and the focus returns to where it was. */
export function Dialog({ title, onClose, children, buttons }: DialogProps) {
  const own = useHostText()
  const heading = useId()
  const ref = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close() // while it is still in the page, or the focus cannot return
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same
    <dialog
      ref={ref}
      className="dialog"
      aria-labelledby={heading}
      onClose={() => ref.current?.open || onClose()}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div className="stack">
        <h2 id={heading}>{title}</h2>
        {children}
        <div className="buttons end">{buttons ?? <Button onClick={onClose}>{own.close}</Button>}</div>
      </div>
    </dialog>
  )
}

interface ConfirmProps {
  title: string
  explanation: string
  action: string
  onConfirm: () => void
  onClose: () => void
}

/** Explains an action and asks for confirmation. */
export function Confirm({ title, explanation, action, onConfirm, onClose }: ConfirmProps) {
  const text = useText()
  const buttons = (
    <>
      <Button onClick={onClose}>{text.cancel}</Button>
      <Button
        variant="danger"
        onClick={() => {
          onClose()
          onConfirm()
        }}
      >
        {action}
      </Button>
    </>
  )
  return (
    <Dialog title={title} onClose={onClose} buttons={buttons}>
      <p>{explanation}</p>
    </Dialog>
  )
}
