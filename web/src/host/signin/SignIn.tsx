import type { Failure } from '@antwon/client'
import { type FormEvent, useEffect, useState } from 'react'
import type { Api } from '../../api/client'
import { login } from '../../api/login'
import { useText } from '../../text/text'
import { LanguageChoice } from '../../ui/LanguageChoice'
import { forgetTab } from '../room/useTab'
import { useFailureText, useHostText } from '../text/text'
import { Button } from '../ui/Button'
import type { PageAddress } from './address'
import { RedirectError } from './RedirectError'

/** Signs in as a host: at the identity provider or, in a demo, by any name. */
export function SignIn({ api, asGuest, address }: { api: Api; asGuest: boolean; address: PageAddress }) {
  const text = useText()
  const own = useHostText().signIn
  useEffect(forgetTab, [])
  return (
    <main className="center stack">
      <header>
        <h1>{own.heading}</h1>
        <p className="quiet">{own.explanation}</p>
      </header>
      <RedirectError failed={address.failed} />
      <section className="card stack">
        {asGuest && <p>{own.asGuest}</p>}
        {login === 'provider' ? (
          <a className="button main" href="/auth/login?returnTo=/host">
            {own.withProvider}
          </a>
        ) : (
          <DemoForm api={api} />
        )}
      </section>
      <a href="/">{text.toStart}</a>
      <LanguageChoice />
    </main>
  )
}

function DemoForm({ api }: { api: Api }) {
  const own = useHostText().signIn
  const failureText = useFailureText()
  const [displayName, setDisplayName] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<Failure>()

  async function signIn(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    const { failure } = await api.sessions.demoLogin(displayName)
    setBusy(false)
    setFailure(failure)
  }

  return (
    <form className="stack" onSubmit={signIn}>
      <p className="quiet">{own.demo}</p>
      <label className="field">
        <span>{own.name}</span>
        <input
          className="input"
          required
          maxLength={40}
          autoComplete="name"
          value={displayName}
          onChange={(event) => setDisplayName(event.target.value)}
        />
      </label>
      <Button type="submit" variant="main" busy={busy}>
        {own.button}
      </Button>
      <p role="alert" className="error">
        {failure && failureText(failure, { BAD_USER_INPUT: own.nameField })}
      </p>
    </form>
  )
}
