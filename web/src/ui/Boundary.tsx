import { Component, type ReactNode } from 'react'
import { useText } from '../text/text'
import { Message } from './Message'

/** Shows a message when a page crashes, instead of leaving it blank. */
export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children
  }
}

function Broken() {
  const text = useText()
  return (
    <Message title={text.appName}>
      <p>{text.failure.INTERNAL_SERVER_ERROR}</p>
      <button type="button" className="button main" onClick={() => location.reload()}>
        {text.reload}
      </button>
    </Message>
  )
}
