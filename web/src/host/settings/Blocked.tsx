import { type FormEvent, useId, useState } from 'react'
import { useText } from '../../text/text'
import { SpotifyMark } from '../../ui/SpotifyMark'
import { pageOf } from '../spotify/links'
import { useHostText } from '../text/text'
import type { RoomSettings } from '../types'
import { Button } from '../ui/Button'
import { Group } from '../ui/Choice'
import { useFocusAfterRemoval } from '../ui/useFocusAfterRemoval'
import type { Save } from './useSave'

/** The songs and artists that are blocked in the room, and a form to block another one. */
export function Blocked({ settings, save }: { settings: RoomSettings; save: Save }) {
  const own = useHostText().rules
  const { blocked, blockedNames } = settings
  return (
    <Group title={own.blocked} summary={own.blockedCount(blocked.length)}>
      <ul className="lines" aria-label={own.blocked}>
        {blocked.map((uri, i) => (
          <Line key={uri} uri={uri} name={blockedNames[i] ?? uri} allow={() => save({ unblock: [uri] })} />
        ))}
      </ul>
      <Block block={(uri, show) => save({ block: [uri] }, { invalid: own.blockField, show })} />
    </Group>
  )
}

function Line({ uri, name, allow }: { uri: string; name: string; allow: () => Promise<boolean> }) {
  const text = useText()
  const own = useHostText().rules
  const { line, beforeRemoval } = useFocusAfterRemoval('block')
  const [busy, setBusy] = useState(false)
  async function remove() {
    setBusy(true)
    const restoreFocus = beforeRemoval()
    if (await allow()) restoreFocus()
    setBusy(false)
  }
  return (
    <li ref={line} className="member">
      <span className="member-name">
        <a href={pageOf(uri)} target="_blank" rel="noreferrer" title={text.openInSpotify(name)}>
          {name}
        </a>
      </span>
      <span className="hint with-mark">
        <SpotifyMark /> {uri.startsWith('spotify:artist:') ? own.artist : own.song}
      </span>
      <Button
        variant="plain round"
        aria-label={own.allow(name)}
        title={own.allow(name)}
        busy={busy}
        onClick={() => void remove()}
      >
        <span aria-hidden="true">✕</span>
      </Button>
    </li>
  )
}

function Block({ block }: { block: (uri: string, show: (message: string) => void) => Promise<boolean> }) {
  const own = useHostText().rules
  const id = useId()
  const [link, setLink] = useState('')
  const [error, setError] = useState('')
  async function submit(event: FormEvent) {
    event.preventDefault()
    setError('')
    if (await block(link.trim(), setError)) setLink((now) => (now === link ? '' : now)) // the host may have gone on typing
  }
  return (
    <form className="field" onSubmit={submit}>
      <label htmlFor="block">{own.blockLink}</label>
      <div className="buttons tight">
        <input
          id="block"
          className="input"
          required
          autoComplete="off"
          aria-invalid={error !== ''}
          aria-describedby={`${id}-hint ${id}-error`}
          value={link}
          onChange={(event) => setLink(event.target.value)}
        />
        <Button type="submit">{own.block}</Button>
      </div>
      <span id={`${id}-hint`} className="hint">
        {own.blockHint}
      </span>
      <span id={`${id}-error`} role="alert" className="error">
        {error}
      </span>
    </form>
  )
}
