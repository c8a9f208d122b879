import { Activity, type ReactNode, useEffect, useState } from 'react'
import type { Api } from '../../api/client'
import type { Item } from '../../api/queue'
import { ConnectionNotice } from '../../ui/ConnectionNotice'
import { TabList } from '../../ui/TabList'
import type { Notify } from '../../ui/Toasts'
import { Guests } from '../guests/Guests'
import { Devices } from '../player/Devices'
import { Health } from '../player/Health'
import { PlayerCard } from '../player/PlayerCard'
import { type Player, usePlayer } from '../player/usePlayer'
import { Approvals } from '../queue/Approvals'
import { QueueCard } from '../queue/QueueCard'
import { type Undo, UndoToast, useUndo } from '../queue/Undo'
import { Recap } from '../recap/Recap'
import { Settings } from '../settings/Settings'
import { Footer } from '../signin/Footer'
import { SpotifyCard } from '../spotify/SpotifyCard'
import { useHostText } from '../text/text'
import type { LiveRoom, Me, Playback, SpotifyAccount } from '../types'
import { CloseRoom } from './CloseRoom'
import { Invite } from './Invite'
import { Offer } from './Offer'
import { type Tab, useTab } from './useTab'

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

const icons: Record<Tab, string> = {
  music: 'M9 18V5l11-2v13M9 18a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM20 16a3 3 0 1 1-6 0 3 3 0 0 1 6 0z',
  invite: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2M20 14v6h-6',
  guests: 'M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 20c1-4 3-6 7-6s6 2 7 6M16 4a4 4 0 0 1 0 7M18 14c2 1 3 3 4 6',
  rules: 'M4 7h9M19 7h1M4 17h1M11 17h9M16 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 20a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  party: 'M12 7v5l4 2M4 12a8 8 0 1 0 3-6.2M4 4v4h4',
}

/** Everything a host can see and do in a room: the music, and tabs for all else. On a phone the music is a tab, too. */
export function Room(props: Props) {
  const { api, room, playback, awaiting, me, account, notify } = props
  const own = useHostText()
  const { tabs, tab, isWide, choose } = useTab()
  const undo = useUndo(room.id, notify)
  const player = usePlayer(room.id, notify)
  const [choosingDevice, setChoosingDevice] = useState(false)
  const onDevices = () => setChoosingDevice(true)
  const health = <Health {...{ room, playback, player, account, notify, onDevices }} />
  const isMusicShown = isWide || tab === 'music'
  const marks = awaiting.length > 0 ? { music: { count: awaiting.length, of: own.approvals.heading } } : {}
  const panels: Record<Exclude<Tab, 'music'>, ReactNode> = {
    invite: <Invite room={room} notify={notify} />,
    guests: <Guests roomId={room.id} me={me} awaiting={awaiting} notify={notify} undo={undo} />,
    rules: <Settings room={room} notify={notify} />,
    party: (
      <>
        <Recap roomId={room.id} isMine={me.role === 'HOST'} />
        {account && <SpotifyCard account={account} notify={notify} />}
        {me.role === 'HOST' && <CloseRoom roomId={room.id} notify={notify} />}
        <Footer api={api} user={me} />
      </>
    ),
  }
  return (
    <div className="console">
      <Head api={api} room={room} />
      <main className="room">
        <Kept isShown={isMusicShown}>
          <TabPanel tab="music" isTab={!isWide}>
            <Music {...{ ...props, health, player, undo, onDevices }} />
          </TabPanel>
        </Kept>
        <div>
          <TabList {...{ tabs, icons, marks }} names={own.tabs} label={own.sections.room} value={tab} onChoose={choose} />
          {!isMusicShown && playback.health.state !== 'OK' && health}
          {(Object.keys(panels) as (keyof typeof panels)[]).map((name) => (
            <Kept key={name} isShown={name === tab}>
              <TabPanel tab={name}>{panels[name]}</TabPanel>
            </Kept>
          ))}
        </div>
      </main>
      <UndoToast undo={undo} />
      {choosingDevice && <Devices roomId={room.id} player={player} onClose={() => setChoosingDevice(false)} />}
    </div>
  )
}

function TabPanel({ tab, isTab = true, children }: { tab: Tab; isTab?: boolean; children: ReactNode }) {
  const role = isTab ? { role: 'tabpanel', 'aria-labelledby': `tab-${tab}` } : {}
  return (
    <div id={`panel-${tab}`} className="stack" {...role}>
      {children}
    </div>
  )
}

/** Keeps the state of a tab, such as a half-filled form, while another one is shown. A hidden tab sends no requests. */
function Kept({ isShown, children }: { isShown: boolean; children: ReactNode }) {
  const [wasShown, setWasShown] = useState(isShown)
  if (isShown && !wasShown) setWasShown(true)
  return wasShown && <Activity mode={isShown ? 'visible' : 'hidden'}>{children}</Activity>
}

interface MusicProps extends Props {
  health: ReactNode
  player: Player
  undo: Undo
  onDevices: () => void
}

/** The player, the songs to approve, and the queue. */
function Music({ api, room, playback, awaiting, me, health, player, notify, undo, onDevices, children }: MusicProps) {
  return (
    <>
      {children}
      <Offer room={room} me={me} notify={notify} />
      {health}
      <PlayerCard roomId={room.id} playback={playback} player={player} notify={notify} onDevices={onDevices} />
      <Approvals items={awaiting} required={room.settings?.requireApproval ?? false} notify={notify} undo={undo} />
      <QueueCard api={api} room={room} notify={notify} undo={undo} />
    </>
  )
}

/** The room's name and code, how many are present, and a notice while offline. */
function Head({ api, room }: { api: Api; room: LiveRoom }) {
  const own = useHostText()
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
      <ConnectionNotice api={api} offline={own.offline} />
    </>
  )
}
