import type { Sessions } from '@antwon/client'
import { useState } from 'react'
import { ConnectSpotifyDocument } from '../../api/generated'
import { server } from '../../api/server'
import type { Notify } from '../../ui/Toasts'
import { useFailureText, useHostText } from '../text/text'
import { consoleForConnecting } from './links'

/** Sends the browser to Spotify, which asks the host for permission and sends the browser back to the console. */
export function useConnectSpotify(sessions: Sessions, notify: Notify): { connecting: boolean; connect: () => void } {
  const failureText = useFailureText()
  const own = useHostText().spotify
  const [connecting, setConnecting] = useState(false)
  async function startConnecting() {
    const elsewhere = consoleForConnecting(location)
    if (elsewhere) return notify(own.elsewhere(elsewhere), true)
    setConnecting(true)
    const token = await sessions.token().catch(() => null)
    const { data, failure } = await server.post(ConnectSpotifyDocument, { returnTo: '/host' }, { token })
    if (data?.connectSpotify) return location.assign(data.connectSpotify.url)
    setConnecting(false)
    if (failure) notify(failureText(failure), true)
  }
  return { connecting, connect: () => void startConnecting() }
}
