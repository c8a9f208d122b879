import { depth, go, goBack, useAddress, whenBack } from '../ui/pageHistory'
import { useStable } from '../ui/useStable'
import { type Tab, tabs } from './tabNames'

/** The state of the page. It is part of the address, so that a reload comes back to it, and Back leaves it step by step. */
export interface View {
  tab: Tab
  query: string // of the search
  of: Collection | null // whose songs the search shows in place of its results
  sheet: string | null // 'playing', the id of a queue item, or the URI of a song that was found
}

/** The songs of an artist or, if it names one, of that artist's album. */
export interface Collection {
  artist: string
  album: string | null
}

export interface Navigation extends View {
  choose: (tab: Tab) => void
  search: (query: string) => void
  show: (of: Collection) => void // in place of the sheet, if one is open, so that Back leads to the results
  leave: () => void // leaves the collection
  open: (sheet: string) => void
  close: () => void // closes the sheet
}

/** Reads a view from an address. Unknown values are ignored. */
export function viewOf({ search, hash }: { search: string; hash: string }): View {
  const params = new URLSearchParams(search)
  const tab = tabs.find((name) => name === params.get('tab')) ?? 'queue'
  const sheet = hash.startsWith('#song=') ? decode(hash.slice('#song='.length)) : hash === '#playing' ? 'playing' : null
  const artist = params.get('artist')
  const of = tab === 'search' && artist ? { artist, album: params.get('album') } : null
  return { tab, query: params.get('q') ?? '', of, sheet }
}

/** The address of a view, relative to the page. */
export function addressOf({ tab, query, of, sheet }: View): string {
  const params = new URLSearchParams({ ...(tab !== 'queue' && { tab }), ...(query && { q: query }) })
  if (of) params.set('artist', of.artist)
  if (of?.album) params.set('album', of.album)
  const hash = sheet === null ? '' : sheet === 'playing' ? '#playing' : `#song=${encodeURIComponent(sheet)}`
  return `?${params}${hash}`.replace(/^\?(?=#|$)/, location.pathname)
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null // not written by this page
  }
}

export function useView(): Navigation {
  const [view, setView] = useAddress(viewOf)
  const present = () => viewOf(location) // not the rendered view, which is out of date when two taps come at once
  const show = (change: Partial<View>, isStep: (from: View) => boolean) =>
    whenBack(() => {
      const from = present()
      const next = { ...from, ...change }
      go(addressOf(next), isStep(from))
      setView(next)
    })
  const choose = (tab: Tab) =>
    whenBack(() => {
      if (tab === present().tab) return
      if (tab === 'queue' && depth() > 0) goBack(depth())
      else show({ tab, of: null, sheet: null }, (from) => from.tab === 'queue')
      scrollTo(0, 0)
    })
  const hasNoSheet = (from: View) => from.sheet === null
  const inPlace = () => false
  const open = useStable((sheet: string) => show({ sheet }, hasNoSheet))
  return {
    ...view,
    choose,
    search: (query) => show({ query }, inPlace),
    show: (of) => {
      show({ of, sheet: null }, hasNoSheet)
      scrollTo(0, 0)
    },
    leave: () => (depth() > 0 ? goBack(1) : show({ of: null, sheet: null }, inPlace)),
    open,
    close: () => (depth() > 0 ? goBack(1) : show({ sheet: null }, inPlace)),
  }
}
