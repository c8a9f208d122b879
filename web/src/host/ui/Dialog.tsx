import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { useText } from '../../text/text'
import { useHostText } from '../text/text'
import { Button } from './Button'

interface DialogProps {
  title: string
  onClose: () => void
  children: ReactNode
  buttons?: ReactNode // instead of one that closes
}

/** Asks for something before all else. Escape and a click beside it close it, and the focus returns to where it was. */
export function Dialog({ title, onClose, children, buttons }: DialogProps) {
  const own = useHostText()
  const heading = useId()
  const ref = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close() // while it is still in the page, so that the focus can return
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

/** Says what will happen, and asks whether it shall. */
export function Confirm({ title, explanation, action, onConfirm, onClose }: ConfirmProps) {
  const text = useText()
  const buttons = (
    <>
      <Button onClick={onClose}>{text.cancel}</Button>
      <Button
        look="danger"
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
