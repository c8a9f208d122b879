import { type ReactNode, useEffect, useState } from 'react'
import type { Api } from '../../api/client'
import type { Role } from '../../api/generated'
import type { Item } from '../../api/queue'
import { useStore } from '../../api/store'
import type { Tell } from '../../ui/Toasts'
import { Guests } from '../guests/Guests'
import { Devices } from '../player/Devices'
import { Health } from '../player/Health'
import { PlayerCard } from '../player/PlayerCard'
import { type Playback, usePlayer } from '../player/usePlayer'
import { Approvals } from '../queue/Approvals'
import { QueueCard } from '../queue/QueueCard'
import { UndoToast, useUndo } from '../queue/Undo'
import { Evening } from '../recap/Recap'
import { Settings } from '../settings/Settings'
import { Footer } from '../signin/Footer'
import { SpotifyCard } from '../spotify/SpotifyCard'
import type { Account } from '../spotify/useConnectSpotify'
import { useHostText } from '../text/text'
import { End } from './CloseRoom'
import type { LiveRoom } from './Console'
import { Invite } from './Invite'
import type { User } from './OwnRoom'

export type Me = User & { role: Role }

interface Props {
  api: Api
  room: LiveRoom
  playback: Playback
  awaiting: readonly Item[] // a host's approval
  me: Me
  account: Account | undefined
  tell: Tell
  children: ReactNode
}

/** All that a host can see and do: what concerns the music first, then the people, then what is rarely needed. */
export function Room({ api, room, playback, awaiting, me, account, tell, children }: Props) {
  const player = usePlayer(room.id, tell)
  const undo = useUndo(room.id, tell)
  const [choosing, setChoosing] = useState(false)
  const openDevices = () => setChoosing(true)
  return (
    <div className="console">
      <Head api={api} room={room} />
      <main className="room">
        <div className="stack">
          {children}
          <Health room={room} playback={playback} player={player} account={account} tell={tell} onDevices={openDevices} />
          <PlayerCard playback={playback} player={player} onDevices={openDevices} />
          <Approvals items={awaiting} on={room.settings?.requireApproval ?? false} tell={tell} undo={undo} />
          <QueueCard api={api} room={room} tell={tell} undo={undo} />
          <UndoToast undo={undo} />
          <Evening roomId={room.id} isMine={me.role === 'HOST'} />
        </div>
        <div className="stack">
          <Invite room={room} tell={tell} />
          <Guests roomId={room.id} me={me} tell={tell} />
          <Settings room={room} tell={tell} />
          {account && <SpotifyCard account={account} tell={tell} />}
          {me.role === 'HOST' && <End roomId={room.id} tell={tell} />}
        </div>
      </main>
      <Footer api={api} user={me} />
      {choosing && <Devices roomId={room.id} player={player} onClose={() => setChoosing(false)} />}
    </div>
  )
}

const parts = ['player', 'queue', 'evening', 'invite', 'guests', 'settings'] as const

/** Which room this is, the ways to its parts where they do not fit beside each other, and whether the server is heard. */
function Head({ api, room }: { api: Api; room: LiveRoom }) {
  const own = useHostText()
  const offline = useStore(api.connection) === 'offline'
  useEffect(() => {
    document.title = `${room.name} – ${own.title}`
  }, [room.name, own])
  return (
    <>
      <header className="head">
        <h1>{room.name}</h1>
        <span className="code quiet">{room.code}</span>
        {room.presentCount !== null && <span className="here">{own.present(room.presentCount)}</span>}
      </header>
      <nav className="parts" aria-label={own.sections.room}>
        {parts.map((part) => (
          <a key={part} href={`#${part}`}>
            {own.sections[part]}
          </a>
        ))}
      </nav>
      <p className={offline ? 'notice bad' : 'spoken'} role="status">
        {offline && own.offline}
      </p>
    </>
  )
}
