import { Component, type ReactNode } from 'react'
import { useOwnText } from '../text/text'
import { de } from './de'
import { en } from './en'

const patience = 15_000

/** Starts the page again when it broke: nobody else would. */
export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError = () => ({ broken: true })

  override componentDidCatch(): void {
    setInterval(reloadIfServed, patience)
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children
  }
}

/** A browser that finds no server shows a page of its own, from which there is no way back. */
async function reloadIfServed(): Promise<void> {
  const answer = await fetch('/healthz').catch(() => null)
  if (answer?.ok) location.reload()
}

function Broken() {
  const own = useOwnText({ en, de })
  return (
    <main className="plain">
      <p>{own.broken}</p>
    </main>
  )
}
