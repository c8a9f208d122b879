import { useSyncExternalStore } from 'react'
import { depth, go, goBack, useAddress, whenBack } from '../../ui/pageHistory'

const allTabs = ['music', 'invite', 'guests', 'rules', 'party'] as const
export type Tab = (typeof allTabs)[number]

/** From this width on, the music stands beside the tabs. The style sheet has the same number. */
const wide = matchMedia('(min-width: 60rem)')
const watchWidth = (onChange: () => void) => {
  wide.addEventListener('change', onChange)
  return () => wide.removeEventListener('change', onChange)
}

export interface Tabs {
  tabs: readonly Tab[]
  tab: Tab
  isWide: boolean
  choose: (tab: Tab) => void
}

/** The tab that the address names. The first tab has no name there, and Back leads to it. */
export function useTab(): Tabs {
  const isWide = useSyncExternalStore(watchWidth, () => wide.matches)
  const [named, setNamed] = useAddress(tabOf)
  const tabs = isWide ? allTabs.filter((tab) => tab !== 'music') : allTabs
  const first = isWide ? 'invite' : 'music'
  const shown = (name: string | null) => tabs.find((each) => each === name) ?? first
  const tab = shown(named)
  const choose = (next: Tab) =>
    whenBack(() => {
      const from = shown(tabOf(location)) // not the rendered tab, which is out of date when two taps come at once
      if (next === from) return
      if (next === first && depth() > 0) goBack(depth())
      else {
        go(addressOf(next === first ? null : next), from === first)
        setNamed(next)
      }
      if (!isWide) scrollTo(0, 0)
    })
  return { tabs, tab, isWide, choose }
}

const tabOf = ({ search }: { search: string }): string | null => new URLSearchParams(search).get('tab')

/** The page's address with another tab. The room that a co-host opened stays there. */
function addressOf(tab: Tab | null): string {
  const params = new URLSearchParams(location.search)
  if (tab) params.set('tab', tab)
  else params.delete('tab')
  return `${location.pathname}?${params}`.replace(/\?$/, '')
}

/** Removes the tab from the address. For pages that show no room. */
export function forgetTab(): void {
  if (tabOf(location) !== null) go(addressOf(null), false)
}
