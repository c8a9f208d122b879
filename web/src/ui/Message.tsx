import type { ReactNode } from 'react'
import { useText } from '../text/text'
import { LanguageChoice } from './LanguageChoice'

/** A page with a single message. */
export function Message({ title, children, toStart = false }: { title: string; children: ReactNode; toStart?: boolean }) {
  const text = useText()
  return (
    <main className="center stack">
      <h1>{title}</h1>
      <div role="status">{children}</div>
      {toStart && (
        <a className="button" href="/">
          {text.toStart}
        </a>
      )}
      <LanguageChoice />
    </main>
  )
}
