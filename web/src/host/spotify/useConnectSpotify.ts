import { useState } from 'react'
import { ConnectSpotifyDocument, type HostViewerQuery } from '../../api/generated'
import { post } from '../../api/post'
import type { Sessions } from '../../api/session'
import type { Tell } from '../../ui/Toasts'
import { useSentence } from '../text/text'

export type Connection = NonNullable<HostViewerQuery['viewer']>['spotify']

/** The host's account at Spotify, and the ways to it. */
export interface Account {
  spotify: Connection
  connecting: boolean
  connect: () => void
  refresh: () => void // asks how things stand with it
}

/** Sends the browser to Spotify, which asks the host and sends it back to this page. */
export function useConnecting(sessions: Sessions, tell: Tell): { connecting: boolean; connect: () => void } {
  const say = useSentence()
  const [connecting, setConnecting] = useState(false)
  async function begin() {
    setConnecting(true)
    const token = await sessions.token().catch(() => null)
    const { data, failure } = await post(ConnectSpotifyDocument, { returnTo: '/host' }, token ?? undefined)
    if (data) return location.assign(data.connectSpotify.url)
    setConnecting(false)
    if (failure) tell(say(failure), true)
  }
  return { connecting, connect: () => void begin() }
}
