import { type FormEvent, useState } from 'react'
import type { Notify } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import type { LiveRoom, RoomSettings } from '../types'
import { Button } from '../ui/Button'
import { Check, Group, OneOf } from '../ui/Choice'
import { Blocked } from './Blocked'
import { Fallback } from './Fallback'
import { Presets } from './Presets'
import { Adding, Limits, Order, Votes } from './Rules'
import { type Save, useSave } from './useSave'

/** The room's settings. They show the server's values, so changes of other hosts appear too. */
export function Settings({ room, notify }: { room: LiveRoom; notify: Notify }) {
  const own = useHostText()
  const save = useSave(room.id, notify)
  const { settings } = room
  if (!settings) return null
  const props = { roomId: room.id, settings, save }
  return (
    <section className="card stack" id="settings" aria-labelledby="settings-heading">
      <h2 id="settings-heading">{own.sections.settings}</h2>
      <Name name={room.name} save={save} />
      <div>
        <Presets {...props} />
        <Adding {...props} />
        <Order {...props} />
        <Limits {...props} />
        <Votes {...props} />
        <Blocked {...props} />
        <Music {...props} />
      </div>
    </section>
  )
}

/** The room's name. It shows the server's value, except while it is being edited. */
function Name({ name, save }: { name: string; save: Save }) {
  const own = useHostText()
  const [draft, setDraft] = useState<string>()
  const [error, setError] = useState('')
  async function submit(event: FormEvent) {
    event.preventDefault()
    setError('')
    if (draft === undefined || !(await save({ name: draft }, { invalid: own.open.nameField, show: setError }))) return
    setDraft((now) => (now === draft ? undefined : now)) // the host may have gone on typing
  }
  return (
    <form className="field" onSubmit={submit}>
      <label htmlFor="room-name">{own.settings.name}</label>
      <div className="buttons tight">
        <input
          id="room-name"
          className="input"
          required
          maxLength={40}
          autoComplete="off"
          aria-invalid={error !== ''}
          aria-describedby="room-name-error"
          value={draft ?? name}
          onChange={(event) => setDraft(event.target.value)}
        />
        {draft !== undefined && draft !== name && <Button type="submit">{own.settings.save}</Button>}
      </div>
      <span id="room-name-error" role="alert" className="error">
        {error}
      </span>
    </form>
  )
}

/** The settings for how songs reach the player, and for fallback songs. */
function Music({ settings, save }: { settings: RoomSettings; save: Save }) {
  const own = useHostText().settings
  return (
    <Group title={own.music} summary={own.deliveries[settings.delivery].name} open>
      <OneOf
        name="delivery"
        legend={own.delivery}
        options={own.deliveries}
        chosen={settings.delivery}
        save={(delivery) => save({ settings: { delivery } })}
      />
      <Check
        label={own.fallback}
        hint={own.fallbackHint}
        checked={settings.fallback}
        save={(fallback) => save({ settings: { fallback } })}
      />
      {settings.fallback && <Fallback uri={settings.fallbackPlaylistUri} save={save} />}
    </Group>
  )
}
