import { Component, type ReactNode } from 'react'
import { usePageText } from '../text/text'
import { de } from './de'
import { en } from './en'

const reloadInterval = 15_000 // milliseconds

/** Reloads the page when it has crashed, since nobody stands beside the screen to do that. */
export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError = () => ({ broken: true })

  override componentDidCatch(): void {
    setInterval(reloadIfServed, reloadInterval)
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children
  }
}

/** Reloads only if the server answers: the browser's own error page would stay there forever. */
async function reloadIfServed(): Promise<void> {
  const answer = await fetch('/healthz').catch(() => null)
  if (answer?.ok) location.reload()
}

function Broken() {
  const own = usePageText({ en, de })
  return (
    <main className="status">
      <p>{own.broken}</p>
    </main>
  )
}
