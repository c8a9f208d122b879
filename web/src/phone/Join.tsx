import { type FormEvent, useState } from 'react'
import type { Api } from '../api/client'
import type { Failure } from '../api/errors'
import { JoinRoomDocument } from '../api/generated'
import { post } from '../api/post'
import type { Session } from '../api/session'
import { browserStorage } from '../api/storage'
import { sentence, useText } from '../text/text'
import { LanguageChoice } from '../ui/LanguageChoice'
import { usePhoneText } from './text'

const kept = 'antwon.name'

interface Props {
  api: Api
  room: { code: string; name: string }
  user: Session['viewer']['user'] | undefined
  onJoined: () => void
  onCancel?: () => void // of who is in already, and only changes their name
}

/** Asks for a name, which is all that joining takes. */
export function Join({ api, room, user, onJoined, onCancel }: Props) {
  const text = useText()
  const own = usePhoneText()
  const [displayName, setDisplayName] = useState(browserStorage.getItem(kept) ?? user?.displayName ?? '')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()

  async function join(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    // Who joins stays who they are, but for a room's screen: its session can only watch.
    const token = user && user.kind !== 'SCREEN' ? await api.sessions.patientToken() : null
    const { data, failure } = await post(JoinRoomDocument, { code: room.code, displayName }, token ?? undefined)
    setBusy(false)
    setFailure(failure)
    if (!data) return
    browserStorage.setItem(kept, displayName)
    api.sessions.adopt(data.joinRoom.session)
    onJoined()
  }

  return (
    <main className="center stack">
      <h1>{onCancel ? own.rename : own.joinTitle(room.name)}</h1>
      {!onCancel && <p className="quiet">{own.joinHint}</p>}
      <form className="stack" onSubmit={join}>
        <label className="field">
          <span>{own.name}</span>
          <input
            className="input"
            required
            maxLength={40}
            pattern=".*\S.*"
            autoComplete="nickname"
            placeholder={own.namePlaceholder}
            value={displayName}
            onChange={(event) => setDisplayName(event.target.value)}
          />
        </label>
        <button type="submit" className="button main" disabled={busy}>
          {busy ? own.joining : onCancel ? own.save : own.join}
        </button>
        <p role="alert" className="bad">
          {failure && sentence(text, failure)}
        </p>
      </form>
      {onCancel ? (
        <button type="button" className="button" onClick={onCancel}>
          {text.cancel}
        </button>
      ) : (
        <a href="/">{own.otherCode}</a>
      )}
      <LanguageChoice />
    </main>
  )
}
