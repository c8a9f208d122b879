import { type FormEvent, useId, useState } from 'react'

interface FieldProps {
  label: string
  hint: string
  type: 'number' | 'time'
  unit?: string
  none?: string // what it means to leave it empty; without it, it cannot be empty
  value: string
  save: (text: string, show: (why: string) => void) => Promise<boolean>
}

interface Draft {
  from: string
  text: string
  saving?: boolean
}

/** Is saved as soon as it is left. It follows the room, unless somebody is about to change it here. */
export function Field({ label, hint, type, unit, none, value, save }: FieldProps) {
  const id = useId()
  const [draft, setDraft] = useState<Draft>()
  const [why, setWhy] = useState('')
  if (draft?.saving && draft.from !== value) setDraft(undefined) // the room has it

  async function leave(event: FormEvent) {
    event.preventDefault()
    if (!draft || draft.saving) return
    if (draft.text === value || (draft.text === '' && none === undefined)) {
      setDraft(undefined)
      setWhy('')
      return
    }
    setDraft({ ...draft, saving: true })
    const text = draft.text
    if (await save(text, setWhy)) setWhy('')
    else setDraft({ from: value, text })
  }
  return (
    <form className="setting" noValidate onSubmit={leave}>
      <label htmlFor={id}>{label}</label>
      <span className="with-unit">
        <input
          id={id}
          className="input"
          type={type}
          step={type === 'number' ? 'any' : undefined}
          inputMode={type === 'number' ? 'decimal' : undefined}
          autoComplete="off"
          placeholder={none}
          aria-invalid={why !== ''}
          aria-describedby={`${id}-hint ${id}-why`}
          value={draft?.text ?? value}
          onChange={(event) => setDraft({ from: value, text: event.target.value })}
          onBlur={leave}
        />
        {unit && <span className="quiet">{unit}</span>}
      </span>
      <span id={`${id}-hint`} className="hint">
        {hint}
      </span>
      <span id={`${id}-why`} className="bad" role="alert">
        {why}
      </span>
    </form>
  )
}

interface AmountProps {
  label: string
  hint: string
  unit?: string
  none?: string
  value: number | null
  save: (amount: number, show: (why: string) => void) => Promise<boolean>
}

/** A number; empty is sent as 0, which stands for none. */
export function Amount({ value, save, ...rest }: AmountProps) {
  return (
    <Field {...rest} type="number" value={value === null ? '' : `${value}`} save={(text, show) => save(Number(text), show)} />
  )
}
