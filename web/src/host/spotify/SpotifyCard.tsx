import { useState } from 'react'
import { DisconnectSpotifyDocument } from '../../api/generated'
import { useLanguage } from '../../text/text'
import { SpotifyMark } from '../../ui/SpotifyMark'
import type { Tell } from '../../ui/Toasts'
import { day, useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { Confirm } from '../ui/Dialog'
import { useDoing } from '../ui/useMutate'
import type { Account } from './useConnectSpotify'

/** Whose Spotify plays, for how long still, and how to change that. */
export function SpotifyCard({ account, tell }: { account: Account; tell: Tell }) {
  const own = useHostText()
  const { spotify, connecting, connect } = account
  const pressing = !spotify.connected || spotify.needsReconnect || spotify.reconnectSoon
  return (
    <section className="card stack" id="spotify" aria-labelledby="spotify-heading">
      <h2 id="spotify-heading" className="with-mark">
        <SpotifyMark /> {own.sections.spotify}
      </h2>
      <State spotify={spotify} />
      <div className="buttons">
        {pressing && (
          <Button look={spotify.connected && !spotify.needsReconnect ? '' : 'main'} busy={connecting} onClick={connect}>
            {spotify.connected ? own.spotify.connectAgain : own.spotify.connect}
          </Button>
        )}
        {spotify.connected && <Disconnect account={account} tell={tell} />}
      </div>
    </section>
  )
}

function State({ spotify }: { spotify: Account['spotify'] }) {
  const own = useHostText().spotify
  const language = useLanguage()
  if (!spotify.connected) return <p className="quiet">{own.why}</p>
  const end = spotify.reconnectBy && day(spotify.reconnectBy, language)
  return (
    <>
      {spotify.displayName && <p>{own.account(spotify.displayName)}</p>}
      {spotify.needsReconnect ? (
        <p className="notice bad">{own.needsReconnect}</p>
      ) : spotify.reconnectSoon && end ? (
        <p className="notice">{own.reconnectSoon(end)}</p>
      ) : (
        end && <p className="quiet">{own.until(end)}</p>
      )}
    </>
  )
}

function Disconnect({ account, tell }: { account: Account; tell: Tell }) {
  const own = useHostText().spotify
  const { busy, act } = useDoing(tell)
  const [asking, setAsking] = useState(false)
  async function disconnect() {
    await act(DisconnectSpotifyDocument, {}, { done: own.disconnected })
    account.refresh()
  }
  return (
    <>
      <Button busy={busy} onClick={() => setAsking(true)}>
        {own.disconnect}
      </Button>
      {asking && (
        <Confirm
          title={own.disconnectTitle}
          explanation={own.disconnectExplanation}
          action={own.disconnect}
          onConfirm={disconnect}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
