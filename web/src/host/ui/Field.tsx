import { type FormEvent, useId, useState } from 'react'

interface FieldProps {
  label: string
  hint: string
  type: 'number' | 'time'
  unit?: string
  none?: string // what an empty field means; without it, the field cannot be empty
  value: string
  save: (text: string, show: (message: string) => void) => Promise<boolean>
}

interface Draft {
  from: string
  text: string
  saving?: boolean
}

/** A field that saves its value on Enter and when it loses the focus. It shows the server's value, except while it is being edited. */
export function Field({ label, hint, type, unit, none, value, save }: FieldProps) {
  const id = useId()
  const [draft, setDraft] = useState<Draft>()
  const [error, setError] = useState('')
  if (draft?.saving && draft.from !== value) setDraft(undefined) // the server has sent the new value

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (!draft || draft.saving) return
    if (draft.text === value || (draft.text === '' && none === undefined)) {
      setDraft(undefined)
      setError('')
      return
    }
    const saved = { ...draft, saving: true }
    setDraft(saved)
    setError('')
    if (!(await save(draft.text, setError))) setDraft((now) => (now === saved ? draft : now)) // the host may have gone on typing
  }
  return (
    <form className="setting" noValidate onSubmit={submit}>
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
          aria-invalid={error !== ''}
          aria-describedby={`${id}-hint ${id}-error`}
          value={draft?.text ?? value}
          onChange={(event) => setDraft({ from: value, text: event.target.value })}
          onBlur={submit}
        />
        {unit && <span className="quiet">{unit}</span>}
      </span>
      <span id={`${id}-hint`} className="hint">
        {hint}
      </span>
      <span id={`${id}-error`} className="error" role="alert">
        {error}
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
  save: (amount: number, show: (message: string) => void) => Promise<boolean>
}

/** A number field. An empty field is saved as 0, which means no limit. */
export function Amount({ value, save, ...rest }: AmountProps) {
  return (
    <Field {...rest} type="number" value={value === null ? '' : `${value}`} save={(text, show) => save(Number(text), show)} />
  )
}
