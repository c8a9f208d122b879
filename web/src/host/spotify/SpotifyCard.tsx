import { useState } from 'react'
import { DisconnectSpotifyDocument } from '../../api/generated'
import { useLanguage } from '../../text/text'
import { SpotifyMark } from '../../ui/SpotifyMark'
import type { Notify } from '../../ui/Toasts'
import { day, useHostText } from '../text/text'
import type { SpotifyAccount } from '../types'
import { Button } from '../ui/Button'
import { Confirm } from '../ui/Dialog'
import { useMutate } from '../ui/useMutate'
import { consoleForConnecting } from './links'

/** The connected Spotify account, until when, and buttons to connect and disconnect it. */
export function SpotifyCard({ account, notify }: { account: SpotifyAccount; notify: Notify }) {
  const own = useHostText()
  const { spotify, connecting, connect } = account
  const canConnect = !spotify.connected || spotify.needsReconnect || spotify.reconnectSoon
  const elsewhere = consoleForConnecting(location)
  return (
    <section className="card stack" id="spotify" aria-labelledby="spotify-heading">
      <h2 id="spotify-heading" className="with-mark">
        <SpotifyMark /> {own.sections.spotify}
      </h2>
      <ConnectionState spotify={spotify} />
      {canConnect && elsewhere && <p className="notice">{own.spotify.elsewhere(elsewhere)}</p>}
      <div className="buttons">
        {canConnect && (
          <Button variant={spotify.connected && !spotify.needsReconnect ? '' : 'main'} busy={connecting} onClick={connect}>
            {spotify.connected ? own.spotify.reconnect : own.spotify.connect}
          </Button>
        )}
        {spotify.connected && <Disconnect account={account} notify={notify} />}
      </div>
    </section>
  )
}

function ConnectionState({ spotify }: { spotify: SpotifyAccount['spotify'] }) {
  const own = useHostText().spotify
  const language = useLanguage()
  if (!spotify.connected) return <p className="quiet">{own.explanation}</p>
  const end = spotify.reconnectBy && day(spotify.reconnectBy, language)
  return (
    <>
      {spotify.displayName && <p>{own.account(spotify.displayName)}</p>}
      {spotify.needsReconnect ? (
        <p className="notice error">{own.needsReconnect}</p>
      ) : spotify.reconnectSoon && end ? (
        <p className="notice">{own.reconnectSoon(end)}</p>
      ) : (
        end && <p className="quiet">{own.until(end)}</p>
      )}
    </>
  )
}

function Disconnect({ account, notify }: { account: SpotifyAccount; notify: Notify }) {
  const own = useHostText().spotify
  const { busy, mutate } = useMutate(notify)
  const [confirming, setConfirming] = useState(false)
  async function disconnect() {
    await mutate(DisconnectSpotifyDocument, {}, { done: own.disconnected })
    account.refresh()
  }
  return (
    <>
      <Button busy={busy} onClick={() => setConfirming(true)}>
        {own.disconnect}
      </Button>
      {confirming && (
        <Confirm
          title={own.disconnectTitle}
          explanation={own.disconnectExplanation}
          action={own.disconnect}
          onConfirm={disconnect}
          onClose={() => setConfirming(false)}
        />
      )}
    </>
  )
}
