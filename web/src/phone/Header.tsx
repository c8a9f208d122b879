import type { Failure } from '@antwon/client'
import { useState } from 'react'
import type { Api } from '../api/client'
import type { RoomFieldsFragment } from '../api/generated'
import { failureSentence, useText } from '../text/text'
import { Avatar } from '../ui/Avatar'
import { ConnectionNotice } from '../ui/ConnectionNotice'
import { LanguageChoice } from '../ui/LanguageChoice'
import { Invite } from './Invite'
import { forgetQueue } from './lastQueue'
import { forgetNames } from './tabletNames'
import { usePhoneText } from './text'

interface Props {
  api: Api
  name: string
  code: string
  room: RoomFieldsFragment | undefined // undefined: not loaded yet
  participant: { id: string; displayName: string } | undefined // the user, in this room; undefined: not loaded yet
  unsent: number
  isHosting: boolean // whether the user is a host or co-host
  isBrief: boolean // only notices
  onRename: () => void
}

/** The room's name and code, how many are present, the user's menu, and a notice while offline. */
export function Header({ api, name, code, room, participant, unsent, isHosting, isBrief, onRename }: Props) {
  const text = useText()
  const own = usePhoneText()
  const userName = participant?.displayName ?? '…'
  const [failure, setFailure] = useState<Failure>()
  const [isMenuOpen, setMenuOpen] = useState(false)
  async function signOut() {
    const failure = await api.sessions.signOut()
    setFailure(failure)
    if (failure) return
    forgetQueue(code)
    forgetNames()
  }

  return (
    <header className={isBrief ? 'head brief' : 'head'}>
      <div className="head-line">
        <div className="room-name">
          <h1>
            <bdi>{name}</bdi>
          </h1>
          <p className="presence quiet">
            <span className="code">{code}</span>
            {room && <Presence room={room} />}
          </p>
        </div>
        <details
          className="menu"
          onToggle={(event) => setMenuOpen(event.currentTarget.open)}
          onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.removeAttribute('open')}
        >
          <summary className="button plain" title={own.youAre(userName)} aria-label={own.youAre(userName)}>
            {participant && <Avatar id={participant.id} name={userName} size={36} />}
          </summary>
          <div className="card stack">
            <p>{own.youAre(userName)}</p>
            {isMenuOpen && <Invite name={name} url={room?.joinUrl ?? `${location.origin}/r/${code}`} />}
            <button type="button" className="button" onClick={onRename}>
              {own.rename}
            </button>
            {isHosting && (
              <a className="button" href={`/host?room=${code}`}>
                {own.toHost}
              </a>
            )}
            <a className="button" href={`/r/${code}/screen`}>
              {own.toScreen}
            </a>
            <LanguageChoice />
            <button type="button" className="button" onClick={signOut}>
              {own.signOut}
            </button>
            <p role="alert" className="error">
              {failure && failureSentence(text, failure)}
            </p>
          </div>
        </details>
      </div>
      <ConnectionNotice api={api} offline={unsent > 0 ? `${text.offline} ${own.unsent(unsent)}` : text.offline} />
    </header>
  )
}

/** How many are present, and the song that was added last. */
function Presence({ room: { presentCount, lastAdded } }: { room: RoomFieldsFragment }) {
  const own = usePhoneText()
  return (
    <>
      {Boolean(presentCount) && <span>{` · ${own.present(presentCount ?? 0)}`}</span>}
      {lastAdded?.addedBy && (
        <span>
          {` · ${own.lastAddedBy(lastAdded.addedBy.displayName)}: `}
          <bdi>{lastAdded.song.name}</bdi>
        </span>
      )}
    </>
  )
}
