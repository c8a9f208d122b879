import { type FormEvent, useState } from 'react'
import type { Tell } from '../../ui/Toasts'
import type { LiveRoom } from '../room/Console'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { Check, Group, OneOf } from '../ui/Choice'
import { Blocked } from './Blocked'
import { Fallback } from './Fallback'
import { Adding, Limits, Order, type Settings as Rules, Votes } from './Rules'
import { type Save, useSaving } from './useSave'

/** What the hosts have decided. It is shown as the server says it is, also when another host changes it. */
export function Settings({ room, tell }: { room: LiveRoom; tell: Tell }) {
  const own = useHostText()
  const save = useSaving(room.id, tell)
  const { settings } = room
  if (!settings) return null
  const both = { settings, save }
  return (
    <section className="card stack" id="settings" aria-labelledby="settings-heading">
      <h2 id="settings-heading">{own.sections.settings}</h2>
      <Name name={room.name} save={save} />
      <div>
        <Adding {...both} />
        <Order {...both} />
        <Limits {...both} />
        <Votes {...both} />
        <Blocked {...both} />
        <Music {...both} />
      </div>
    </section>
  )
}

/** The name follows the room's, unless somebody is about to change it here. */
function Name({ name, save }: { name: string; save: Save }) {
  const own = useHostText()
  const [draft, setDraft] = useState<string>()
  const [why, setWhy] = useState('')
  async function submit(event: FormEvent) {
    event.preventDefault()
    setWhy('')
    if (draft === undefined || (await save({ name: draft }, { fault: own.open.nameField, show: setWhy }))) setDraft(undefined)
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
          aria-invalid={why !== ''}
          aria-describedby="room-name-why"
          value={draft ?? name}
          onChange={(event) => setDraft(event.target.value)}
        />
        {draft !== undefined && draft !== name && <Button type="submit">{own.settings.save}</Button>}
      </div>
      <span id="room-name-why" role="alert" className="bad">
        {why}
      </span>
    </form>
  )
}

/** How songs reach the player, and what plays without any. */
function Music({ settings, save }: { settings: Rules; save: Save }) {
  const own = useHostText().settings
  return (
    <Group title={own.music} brief={own.deliveries[settings.delivery].name} open>
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
