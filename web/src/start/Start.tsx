import type { Failure, Sessions } from '@antwon/client'
import { type FormEvent, useEffect, useState } from 'react'
import { OwnRoomDocument, RoomByCodeDocument } from '../api/generated'
import { server } from '../api/server'
import { failureSentence, usePageText, useText } from '../text/text'
import { LanguageChoice } from '../ui/LanguageChoice'
import { de } from './de'
import { en } from './en'

/** The start page: join a party by its code, or go to one's own room. */
export function Start({ sessions }: { sessions: Sessions }) {
  const text = useText()
  return (
    <main className="center stack">
      <header>
        <h1>{text.appName}</h1>
        <p className="quiet">{text.tagline}</p>
      </header>
      <CodeForm />
      <OwnRoom sessions={sessions} />
      <LanguageChoice />
    </main>
  )
}

function CodeForm() {
  const text = useText()
  const own = usePageText({ en, de })
  const [code, setCode] = useState('')
  const [problem, setProblem] = useState<Failure | { noRoom: string }>()
  const [busy, setBusy] = useState(false)

  async function find(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    const { data, failure } = await server.post(RoomByCodeDocument, { code: code.trim() })
    setBusy(false)
    if (data?.roomByCode) location.assign(`/r/${data.roomByCode.code}`)
    else setProblem(failure ?? { noRoom: code.trim() })
  }

  return (
    <form className="card stack" onSubmit={find}>
      <h2>{own.joinTitle}</h2>
      <label className="field">
        <span>{own.code}</span>
        <input
          className="input code"
          required
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={20}
          placeholder="PARTY"
          value={code}
          onChange={(event) => {
            setCode(event.target.value.toUpperCase())
            setProblem(undefined)
          }}
        />
      </label>
      <p className="quiet">{own.codeHint}</p>
      <button type="submit" className="button main" disabled={busy}>
        {own.join}
      </button>
      <p role="alert" className="error">
        {problem && ('noRoom' in problem ? text.noRoom(problem.noRoom) : failureSentence(text, problem))}
      </p>
    </form>
  )
}

/** A link to the host console, with the name of the host's own room if one is open. */
function OwnRoom({ sessions }: { sessions: Sessions }) {
  const own = usePageText({ en, de })
  const [roomName, setRoomName] = useState<string>()
  useEffect(() => {
    sessions.refresh().then(async ({ data: session }) => {
      if (session?.viewer.user.kind !== 'HOST') return
      const { data } = await server.post(OwnRoomDocument, {}, { token: session.accessToken })
      setRoomName(data?.viewer?.hostedRoom?.name)
    })
  }, [sessions])
  return (
    <section className="card stack">
      <h2>{own.hostTitle}</h2>
      <p className="quiet">{own.hostText}</p>
      <a className="button" href="/host">
        {roomName === undefined ? own.toHost : own.yourRoom(roomName)}
      </a>
    </section>
  )
}
