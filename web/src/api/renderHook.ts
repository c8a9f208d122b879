import { act, createElement, StrictMode } from 'react'
import { type Api, ClientProvider } from './client'

/** As much of a document as React needs for a component that shows nothing. */
function emptyContainer(): Element {
  const addEventListener = () => {}
  const defaultView = { HTMLIFrameElement: class {} }
  const ownerDocument = { nodeType: 9, defaultView, addEventListener }
  return { nodeType: 1, nodeName: 'DIV', tagName: 'DIV', ownerDocument, addEventListener } as unknown as Element
}

function Caller({ call }: { call: () => void }) {
  call()
  return null
}

/**
 * Renders a hook as the pages do, in strict mode, in which React starts each effect twice. Only for tests, which thus need no
 * browser.
 */
export async function renderHook<Props, Result>(client: Partial<Api>, hook: (props: Props) => Result, first: NoInfer<Props>) {
  Object.assign(globalThis, { window: globalThis, IS_REACT_ACT_ENVIRONMENT: true })
  const { createRoot } = await import('react-dom/client') // imported here, because it checks at once whether there is a window
  const root = createRoot(emptyContainer())
  const latest: { result?: Result } = {}
  const render = (props: Props) => {
    const call = () => {
      latest.result = hook(props)
    }
    const page = createElement(ClientProvider, { value: client as Api }, createElement(Caller, { call }))
    return act(async () => root.render(createElement(StrictMode, null, page)))
  }
  await render(first)
  return { result: () => latest.result as Result, render, unmount: () => act(async () => root.unmount()) }
}
