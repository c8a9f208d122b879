import { type FormEvent, useState } from 'react'
import type { Api } from '../api/client'
import type { Failure } from '../api/errors'
import { JoinRoomDocument } from '../api/generated'
import { post } from '../api/post'
import { browserStorage } from '../api/storage'
import { sentence, useText } from '../text/text'
import { LanguageChoice } from '../ui/LanguageChoice'
import { usePhoneText } from './text'

const kept = 'antwon.name'

interface Props {
  api: Api
  room: { code: string; name: string }
  name: string | undefined
  onJoined: () => void
}

/** Asks for a name, which is all that joining takes. */
export function Join({ api, room, name, onJoined }: Props) {
  const text = useText()
  const own = usePhoneText()
  const [displayName, setDisplayName] = useState(browserStorage.getItem(kept) ?? name ?? '')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()

  async function join(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    const token = api.sessions.current.get()?.accessToken
    const { data, failure } = await post(JoinRoomDocument, { code: room.code, displayName }, token)
    setBusy(false)
    setFailure(failure)
    if (!data) return
    browserStorage.setItem(kept, displayName)
    api.sessions.adopt(data.joinRoom.session)
    onJoined()
  }

  return (
    <main className="center stack">
      <h1>{own.joinTitle(room.name)}</h1>
      <p className="quiet">{own.joinHint}</p>
      <form className="stack" onSubmit={join}>
        <label className="field">
          <span>{own.name}</span>
          <input
            className="input"
            required
            maxLength={40}
            autoComplete="nickname"
            placeholder={own.namePlaceholder}
            value={displayName}
            onChange={(event) => setDisplayName(event.target.value)}
          />
        </label>
        <button type="submit" className="button main" disabled={busy}>
          {busy ? own.joining : own.join}
        </button>
        <p role="alert" className="bad">
          {failure && sentence(text, failure)}
        </p>
      </form>
      <a href="/">{own.otherCode}</a>
      <LanguageChoice />
    </main>
  )
}
