import type { Failure } from '@antwon/client'
import { useStore } from '@antwon/client/react'
import { useState } from 'react'
import type { Api } from '../api/client'
import type { RoomFieldsFragment } from '../api/generated'
import { failureSentence, useText } from '../text/text'
import { LanguageChoice } from '../ui/LanguageChoice'
import { usePhoneText } from './text'

interface Props {
  api: Api
  name: string
  code: string
  room: RoomFieldsFragment | undefined // undefined: not loaded yet
  userName: string | undefined // in this room; undefined: not loaded yet
  unsent: number
  isHosting: boolean // whether the user is a host or co-host
  onRename: () => void
}

/** The room's name and code, how many are present, the user's menu, and a notice while offline. */
export function Header({ api, name, code, room, userName = '…', unsent, isHosting, onRename }: Props) {
  const text = useText()
  const own = usePhoneText()
  const offline = useStore(api.connection) === 'offline'
  const [failure, setFailure] = useState<Failure>()
  return (
    <header className="head">
      <div className="head-line">
        <h1>{name}</h1>
        <span className="code quiet">{code}</span>
        <details className="menu" onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.removeAttribute('open')}>
          <summary className="button plain" title={own.youAre(userName)}>
            {userName}
          </summary>
          <div className="card stack">
            <p>{own.youAre(userName)}</p>
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
            <button type="button" className="button" onClick={async () => setFailure(await api.sessions.signOut())}>
              {own.signOut}
            </button>
            <p role="alert" className="error">
              {failure && failureSentence(text, failure)}
            </p>
          </div>
        </details>
      </div>
      {room && <Presence room={room} />}
      <p className={offline ? 'notice error' : 'visually-hidden'} role="status">
        {offline && `${text.offline} ${unsent > 0 ? own.unsent(unsent) : ''}`}
      </p>
    </header>
  )
}

/** How many are present, and the song that was added last. */
function Presence({ room: { presentCount, lastAdded } }: { room: RoomFieldsFragment }) {
  const own = usePhoneText()
  const present = presentCount ? own.present(presentCount) : '' // 0 for the first two seconds after joining
  return (
    <p className="presence quiet">
      {present}
      {lastAdded?.addedBy && (
        <>
          {`${present && ' · '}${own.lastAddedBy(lastAdded.addedBy.displayName)}: `}
          <a href={lastAdded.song.spotifyUrl} target="_blank" rel="noreferrer">
            {lastAdded.song.name}
          </a>
        </>
      )}
    </p>
  )
}
