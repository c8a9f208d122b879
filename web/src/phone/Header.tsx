import { useState } from 'react'
import type { Api } from '../api/client'
import type { Failure } from '../api/errors'
import type { RoomFieldsFragment } from '../api/generated'
import { useStore } from '../api/store'
import { sentence, useText } from '../text/text'
import { LanguageChoice } from '../ui/LanguageChoice'
import { usePhoneText } from './text'

interface Props {
  api: Api
  name: string
  code: string
  room: RoomFieldsFragment | undefined // as far as it is known
  user: { displayName: string }
  unsent: number
  hosts: boolean // may do what hosts may
  onRename: () => void
}

/** The room's name, who is there, and whether the server is heard. */
export function Header({ api, name, code, room, user, unsent, hosts, onRename }: Props) {
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
          <summary className="button plain" title={own.youAre(user.displayName)}>
            {user.displayName}
          </summary>
          <div className="card stack">
            <p>{own.youAre(user.displayName)}</p>
            <button type="button" className="button" onClick={onRename}>
              {own.rename}
            </button>
            {hosts && (
              <a className="button" href={`/host?room=${code}`}>
                {own.toHost}
              </a>
            )}
            <a className="button" href={`/r/${code}/screen`}>
              {own.toScreen}
            </a>
            <LanguageChoice />
            <button type="button" className="button" onClick={async () => setFailure(await api.sessions.signOut())}>
              {own.leave}
            </button>
            <p role="alert" className="bad">
              {failure && sentence(text, failure)}
            </p>
          </div>
        </details>
      </div>
      {room && <Presence room={room} />}
      <p className={offline ? 'notice bad' : 'spoken'} role="status">
        {offline && `${text.offline} ${unsent > 0 ? own.unsent(unsent) : ''}`}
      </p>
    </header>
  )
}

/** How many are here, and what was added last. */
function Presence({ room: { presentCount, lastAdded } }: { room: RoomFieldsFragment }) {
  const own = usePhoneText()
  const here = presentCount ? own.present(presentCount) : '' // it takes two seconds until one is counted
  return (
    <p className="presence quiet">
      {here}
      {lastAdded?.addedBy && (
        <>
          {`${here && ' · '}${own.lastAdded(lastAdded.addedBy.displayName)} `}
          <a href={lastAdded.song.spotifyUrl} target="_blank" rel="noreferrer">
            {lastAdded.song.name}
          </a>
        </>
      )}
    </p>
  )
}
