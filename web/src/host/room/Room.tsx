import { useStore } from '@antwon/client/react'
import { type ReactNode, useEffect, useState } from 'react'
import type { Api } from '../../api/client'
import type { Item } from '../../api/queue'
import type { Notify } from '../../ui/Toasts'
import { Guests } from '../guests/Guests'
import { Devices } from '../player/Devices'
import { Health } from '../player/Health'
import { PlayerCard } from '../player/PlayerCard'
import { usePlayer } from '../player/usePlayer'
import { Approvals } from '../queue/Approvals'
import { QueueCard } from '../queue/QueueCard'
import { UndoToast, useUndo } from '../queue/Undo'
import { Recap } from '../recap/Recap'
import { Settings } from '../settings/Settings'
import { Footer } from '../signin/Footer'
import { SpotifyCard } from '../spotify/SpotifyCard'
import { useHostText } from '../text/text'
import type { LiveRoom, Me, Playback, SpotifyAccount } from '../types'
import { CloseRoom } from './CloseRoom'
import { Invite } from './Invite'

interface Props {
  api: Api
  room: LiveRoom
  playback: Playback
  awaiting: readonly Item[] // the songs that wait for approval
  me: Me
  account: SpotifyAccount | undefined
  notify: Notify
  children: ReactNode
}

/** Everything a host can see and do in a room: the music first, then the guests, then what hosts rarely need. */
export function Room({ api, room, playback, awaiting, me, account, notify, children }: Props) {
  const player = usePlayer(room.id, notify)
  const undo = useUndo(room.id, notify)
  const [choosingDevice, setChoosingDevice] = useState(false)
  const openDevices = () => setChoosingDevice(true)
  return (
    <div className="console">
      <Head api={api} room={room} />
      <main className="room">
        <div className="stack">
          {children}
          <Health room={room} playback={playback} player={player} account={account} notify={notify} onDevices={openDevices} />
          <PlayerCard playback={playback} player={player} onDevices={openDevices} />
          <Approvals items={awaiting} required={room.settings?.requireApproval ?? false} notify={notify} undo={undo} />
          <QueueCard api={api} room={room} notify={notify} undo={undo} />
          <UndoToast undo={undo} />
          <Recap roomId={room.id} isMine={me.role === 'HOST'} />
        </div>
        <div className="stack">
          <Invite room={room} notify={notify} />
          <Guests roomId={room.id} me={me} notify={notify} />
          <Settings room={room} notify={notify} />
          {account && <SpotifyCard account={account} notify={notify} />}
          {me.role === 'HOST' && <CloseRoom roomId={room.id} notify={notify} />}
        </div>
      </main>
      <Footer api={api} user={me} />
      {choosingDevice && <Devices roomId={room.id} player={player} onClose={() => setChoosingDevice(false)} />}
    </div>
  )
}

const sections = ['player', 'queue', 'recap', 'invite', 'guests', 'settings'] as const

/** The room's name and code, how many are present, links to the sections on small screens, and a notice while offline. */
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
        {room.presentCount !== null && <span className="present">{own.present(room.presentCount)}</span>}
      </header>
      <nav className="sections" aria-label={own.sections.room}>
        {sections.map((section) => (
          <a key={section} href={`#${section}`}>
            {own.sections[section]}
          </a>
        ))}
      </nav>
      <p className={offline ? 'notice error' : 'visually-hidden'} role="status">
        {offline && own.offline}
      </p>
    </>
  )
}
