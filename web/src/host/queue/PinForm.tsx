import { type FormEvent, useId, useState } from 'react'
import type { PinRule } from '../../api/generated'
import type { Item } from '../../api/queue'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { Choice } from '../ui/Choice'

const defaultMargin = '3' // likes
const maxLikes = 1000 // likes

interface Props {
  item: Item
  place: number // the song's place in the queue, from 1
  last: number // the last place in the queue
  pin: (place: number, until: PinRule, likes: number | null) => void
}

/** Pins a song at a place, until it is played or overtaken. */
export function PinForm({ item, place, last, pin }: Props) {
  const own = useHostText().queue
  const [placeText, setPlaceText] = useState(`${place}`)
  const [until, setUntil] = useState<PinRule>(item.pin?.until ?? 'PLAYED')
  const [margin, setMargin] = useState(`${item.pin?.likes ?? defaultMargin}`)
  const at = clamp(placeText, last)
  function submit(event: FormEvent) {
    event.preventDefault()
    pin(at, until, until === 'OVERTAKEN' ? clamp(margin, maxLikes) : null)
  }
  return (
    <form noValidate onSubmit={submit}>
      <fieldset className="stack tight">
        <legend>{own.pin}</legend>
        <NumberField label={own.place} most={last} value={placeText} onChange={setPlaceText} />
        {(['PLAYED', 'OVERTAKEN'] as const).map((rule) => (
          <Choice key={rule} label={own.until[rule].name} hint={own.until[rule].hint}>
            <input type="radio" name="until" checked={until === rule} onChange={() => setUntil(rule)} />
          </Choice>
        ))}
        {until === 'OVERTAKEN' && (
          <div className="inset">
            <NumberField label={own.margin} most={maxLikes} value={margin} onChange={setMargin} />
          </div>
        )}
        <div className="buttons">
          <Button type="submit" variant="main">
            {own.pinAt(at)}
          </Button>
        </div>
      </fieldset>
    </form>
  )
}

interface NumberFieldProps {
  label: string
  most: number
  value: string
  onChange: (value: string) => void
}

function NumberField({ label, most, value, onChange }: NumberFieldProps) {
  const id = useId()
  return (
    <div className="setting">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        type="number"
        min={1}
        max={most}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}

/** Rounds a typed number and limits it to 1 to most. Anything that is not a number becomes 1. */
const clamp = (text: string, most: number): number => Math.min(Math.max(1, Math.round(parseFloat(text)) || 1), most)
