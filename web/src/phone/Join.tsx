import { browserStorage, type Failure, isTransient } from '@antwon/client'
import { type FormEvent, useEffect, useEffectEvent, useState } from 'react'
import type { Api } from '../api/client'
import { failureSentence, useText } from '../text/text'
import { LanguageChoice } from '../ui/LanguageChoice'
import { usePhoneText } from './text'

const nameKey = 'antwon.name' // in the browser's storage
const retryAfter = 3_000 // milliseconds

interface Props {
  api: Api
  room: { code: string; name: string }
  name: string | null | undefined // the user's name so far, if there is one
  onJoined: () => void
  onCancel?: () => void // for members, who only change their name
}

/** Joins the room with a name, or changes the name of a member. */
export function Join({ api, room, name, onJoined, onCancel }: Props) {
  const text = useText()
  const own = usePhoneText()
  const usual = onCancel ? null : browserStorage.getItem(nameKey) // the name with which this browser joined last
  const [displayName, setDisplayName] = useState(usual ?? name ?? '')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()

  async function join() {
    if (busy || !displayName.trim()) return
    setFailure(undefined) // so that this is not tried twice
    setBusy(true)
    const { data, failure } = await api.sessions.join(room.code, displayName)
    setBusy(false)
    setFailure(failure)
    if (!data) return
    browserStorage.setItem(nameKey, displayName)
    onJoined()
  }

  const joinAgain = useEffectEvent(() => void join())
  useEffect(() => {
    if (!failure || !isTransient(failure)) return
    const timer = setTimeout(joinAgain, failure.retryAfterMs ?? retryAfter)
    return () => clearTimeout(timer)
  }, [failure])

  function submit(event: FormEvent) {
    event.preventDefault()
    void join()
  }

  return (
    <main className="center stack">
      <h1>{onCancel ? own.rename : own.joinTitle(room.name)}</h1>
      {!onCancel && <p className="quiet">{own.joinHint}</p>}
      {!onCancel && !navigator.cookieEnabled && <p className="notice">{own.noCookies}</p>}
      <form className="stack" onSubmit={submit}>
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
            onChange={(event) => {
              setDisplayName(event.target.value)
              setFailure(undefined) // an unfinished name is not sent
            }}
          />
        </label>
        <button type="submit" className="button main" disabled={busy}>
          {busy ? own.joining : onCancel ? own.save : own.join}
        </button>
        <p role="alert" className="error">
          {failure && `${failureSentence(text, failure)} ${isTransient(failure) ? own.keepsTrying : ''}`}
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
