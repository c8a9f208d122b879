import { type FormEvent, useId, useState } from 'react'
import type { PinRule } from '../../api/generated'
import type { Item } from '../../api/queue'
import { useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { Choice } from '../ui/Choice'

const usualMargin = '3' // likes
const mostLikes = 1000 // likes

interface Props {
  item: Item
  place: number // in the queue, from 1
  last: number // place there
  pin: (place: number, until: PinRule, likes: number | null) => void
}

/** Gives a song a place of its own, and says until when. */
export function PinForm({ item, place, last, pin }: Props) {
  const own = useHostText().queue
  const [wanted, setWanted] = useState(`${place}`)
  const [until, setUntil] = useState<PinRule>(item.pin?.until ?? 'PLAYED')
  const [margin, setMargin] = useState(`${item.pin?.likes ?? usualMargin}`)
  const at = within(wanted, last)
  function submit(event: FormEvent) {
    event.preventDefault()
    pin(at, until, until === 'OVERTAKEN' ? within(margin, mostLikes) : null)
  }
  return (
    <form noValidate onSubmit={submit}>
      <fieldset className="stack tight">
        <legend>{own.pin}</legend>
        <Whole label={own.place} most={last} value={wanted} onChange={setWanted} />
        {(['PLAYED', 'OVERTAKEN'] as const).map((rule) => (
          <Choice key={rule} label={own.until[rule].name} hint={own.until[rule].hint}>
            <input type="radio" name="until" checked={until === rule} onChange={() => setUntil(rule)} />
          </Choice>
        ))}
        {until === 'OVERTAKEN' && (
          <div className="inset">
            <Whole label={own.margin} most={mostLikes} value={margin} onChange={setMargin} />
          </div>
        )}
        <div className="buttons">
          <Button type="submit" look="main">
            {own.pinAt(at)}
          </Button>
        </div>
      </fieldset>
    </form>
  )
}

interface WholeProps {
  label: string
  most: number
  value: string
  onChange: (value: string) => void
}

function Whole({ label, most, value, onChange }: WholeProps) {
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

/** A whole number from 1 to the most that there is, whatever was typed. */
const within = (text: string, most: number): number => Math.min(Math.max(1, Math.round(parseFloat(text)) || 1), most)
