import { type ComponentProps, cloneElement, type FormEvent, type ReactElement, useId, useState } from 'react'
import type { Delivery, UpdateRoomInput } from '../api/generated'
import { UpdateRoomDocument } from '../api/generated'
import type { Tell } from '../ui/Outcomes'
import { Button } from './Button'
import type { LiveRoom } from './Console'
import { Fallback } from './Fallback'
import { useHostText } from './text'
import { useDoing } from './useDoing'

/** Fault is what to say if the server takes the input for none. */
export type Save = (input: UpdateRoomInput, fault?: string) => Promise<boolean>

/** What the hosts have decided. It is shown as the server says it is, also when another host changes it. */
export function Settings({ room, tell }: { room: LiveRoom; tell: Tell }) {
  const own = useHostText()
  const words = own.settings
  const { act } = useDoing(tell)
  const save: Save = (input, fault) =>
    act(
      UpdateRoomDocument,
      { roomId: room.id, input },
      { done: words.saved, failure: fault === undefined ? {} : { BAD_USER_INPUT: fault } },
    )
  const { settings } = room
  if (!settings) return null
  return (
    <section className="card stack" id="settings" aria-labelledby="settings-heading">
      <h2 id="settings-heading">{own.sections.settings}</h2>
      <Name name={room.name} save={save} />
      <Check
        label={words.requests}
        hint={words.requestsHint}
        checked={settings.requestsOpen}
        save={(requestsOpen) => save({ settings: { requestsOpen } })}
      />
      <Deliveries chosen={settings.delivery} save={save} />
      <Check
        label={words.fallback}
        hint={words.fallbackHint}
        checked={settings.fallback}
        save={(fallback) => save({ settings: { fallback } })}
      />
      {settings.fallback && <Fallback uri={settings.fallbackPlaylistUri} save={save} />}
    </section>
  )
}

/** The name follows the room's, unless somebody is about to change it here. */
function Name({ name, save }: { name: string; save: Save }) {
  const own = useHostText()
  const [draft, setDraft] = useState<string>()
  async function submit(event: FormEvent) {
    event.preventDefault()
    if (draft === undefined || (await save({ name: draft }, own.open.nameField))) setDraft(undefined)
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
          value={draft ?? name}
          onChange={(event) => setDraft(event.target.value)}
        />
        {draft !== undefined && draft !== name && <Button type="submit">{own.settings.save}</Button>}
      </div>
    </form>
  )
}

function Deliveries({ chosen, save }: { chosen: Delivery; save: Save }) {
  const own = useHostText().settings
  const [shown, choose] = useChoice(chosen, (delivery) => save({ settings: { delivery } }))
  return (
    <fieldset className="stack tight">
      <legend>{own.delivery}</legend>
      {(['QUEUE', 'PLAYLIST'] as const).map((delivery) => (
        <Choice key={delivery} label={own.deliveries[delivery].name} hint={own.deliveries[delivery].hint}>
          <input type="radio" name="delivery" checked={shown === delivery} onChange={() => choose(delivery)} />
        </Choice>
      ))}
    </fieldset>
  )
}

interface CheckProps {
  label: string
  hint: string
  checked: boolean
  save: (checked: boolean) => Promise<boolean>
}

function Check({ label, hint, checked, save }: CheckProps) {
  const [shown, choose] = useChoice(checked, save)
  return (
    <Choice label={label} hint={hint}>
      <input type="checkbox" checked={shown} onChange={(event) => choose(event.target.checked)} />
    </Choice>
  )
}

function Choice({ label, hint, children }: { label: string; hint: string; children: ReactElement<ComponentProps<'input'>> }) {
  const id = useId()
  return (
    <div className="check">
      {cloneElement(children, { id, 'aria-describedby': `${id}-hint` })}
      <label htmlFor={id}>{label}</label>
      <span id={`${id}-hint`} className="hint">
        {hint}
      </span>
    </div>
  )
}

/** What the host chose is shown at once, and until the server says what it is now. */
function useChoice<T>(value: T, save: (value: T) => Promise<boolean>): [T, (value: T) => void] {
  const [chosen, setChosen] = useState<{ from: T; to: T }>()
  if (chosen && chosen.from !== value) setChosen(undefined) // for good: another host may change it back
  async function choose(to: T) {
    setChosen({ from: value, to })
    if (!(await save(to))) setChosen(undefined)
  }
  return [chosen ? chosen.to : value, (to) => void choose(to)]
}
