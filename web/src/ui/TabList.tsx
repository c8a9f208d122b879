import type { KeyboardEvent } from 'react'

interface Props<T extends string> {
  tabs: readonly T[]
  names: Record<T, string>
  icons: Record<T, string> // the paths of their pictures, in a square of 24
  marks?: { [tab in T]?: { count: number; of: string } } // how many things wait in a tab, and of which kind
  label: string
  value: T
  onChoose: (tab: T) => void
}

/** Tabs, as in the ARIA Authoring Practices: arrow keys, Home and End move between them. A tab's panel is panel-TAB. */
export function TabList<T extends string>({ tabs, names, icons, marks, label, value, onChoose }: Props<T>) {
  function onKeyDown(event: KeyboardEvent) {
    const here = tabs.indexOf(value)
    const places: Record<string, number> = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tabs.length - 1 }
    const place = places[event.key]
    const next = place === undefined ? undefined : tabs[(place + tabs.length) % tabs.length]
    if (!next) return
    event.preventDefault() // Home and End would scroll
    onChoose(next)
    document.getElementById(`tab-${next}`)?.focus()
  }
  return (
    <div className="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={tab === value}
          aria-controls={tab === value ? `panel-${tab}` : undefined}
          tabIndex={tab === value ? 0 : -1}
          onClick={() => onChoose(tab)}
        >
          <svg width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2.2" aria-hidden="true">
            <path d={icons[tab]} strokeLinecap="round" strokeLinejoin="round" />
          </svg>
          <span>{names[tab]}</span>
          {marks?.[tab] && (
            <strong className="mark">
              {marks[tab].count} <span className="visually-hidden">{marks[tab].of}</span>
            </strong>
          )}
        </button>
      ))}
    </div>
  )
}
