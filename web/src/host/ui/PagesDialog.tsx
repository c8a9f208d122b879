import type { ReactNode } from 'react'
import { useText } from '../../text/text'
import { useFailureText, useHostText } from '../text/text'
import { Button } from './Button'
import { Dialog } from './Dialog'
import type { Pages } from './usePages'

interface Props {
  title: string
  empty: string
  pages: Pages<unknown>
  onClose: () => void
  children: ReactNode // the lines
}

/** A dialog with a long list, loaded page by page. */
export function PagesDialog({ title, empty, pages: { list, more, failure, showMore }, onClose, children }: Props) {
  const text = useText()
  const own = useHostText()
  const failureText = useFailureText()
  const status = failure && !list ? failureText(failure) : list ? empty : text.loading
  const buttons = (
    <>
      {more && <Button onClick={showMore}>{own.recap.more}</Button>}
      <Button onClick={onClose}>{own.close}</Button>
    </>
  )
  return (
    <Dialog title={title} onClose={onClose} buttons={buttons}>
      <p role="status" className={list?.length ? 'visually-hidden' : 'quiet'}>
        {!list?.length && status}
      </p>
      <ol className="lines">{children}</ol>
    </Dialog>
  )
}
