import type { KeyboardEvent, ReactNode } from 'react'
import { usePhoneText } from './text'

const tabs = ['queue', 'search', 'mine', 'history'] as const
export type Tab = (typeof tabs)[number]

interface Props {
  value: Tab
  onChoose: (tab: Tab) => void
  children: ReactNode
}

/** The tabs at the bottom of the page. The arrow keys switch between them. */
export function Tabs({ value, onChoose, children }: Props) {
  const own = usePhoneText()
  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const next = step && tabs[(tabs.indexOf(value) + step + tabs.length) % tabs.length]
    if (!next) return
    onChoose(next)
    document.getElementById(`tab-${next}`)?.focus()
  }
  return (
    <>
      <div className="tabs" role="tablist" aria-label={own.sections} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab}
            id={`tab-${tab}`}
            type="button"
            role="tab"
            aria-selected={tab === value}
            aria-controls="panel"
            tabIndex={tab === value ? 0 : -1}
            onClick={() => onChoose(tab)}
          >
            {own.tabs[tab]}
          </button>
        ))}
      </div>
      <div id="panel" role="tabpanel" aria-labelledby={`tab-${value}`}>
        {children}
      </div>
    </>
  )
}
