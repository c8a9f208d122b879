import type { ReactNode } from 'react'
import { TabList } from '../ui/TabList'
import type { Tab } from './tabNames'
import { usePhoneText } from './text'

interface Props {
  shown: readonly Tab[]
  value: Tab
  onChoose: (tab: Tab) => void
  children: ReactNode
}

const icons: Record<Tab, string> = {
  queue: 'M4 6h16M4 12h16M4 18h10',
  search: 'M12 5v14M5 12h14',
  mine: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4-6 8-6s7 2 8 6',
  history: 'M12 7v5l4 2M4 12a8 8 0 1 0 3-6.2M4 4v4h4',
}

/** The tabs at the bottom of the page, and the panel of the chosen one. */
export function Tabs({ shown, value, onChoose, children }: Props) {
  const own = usePhoneText()
  return (
    <>
      <TabList tabs={shown} names={own.tabs} icons={icons} label={own.sections} value={value} onChoose={onChoose} />
      <div id={`panel-${value}`} role="tabpanel" aria-labelledby={`tab-${value}`}>
        {children}
      </div>
    </>
  )
}
