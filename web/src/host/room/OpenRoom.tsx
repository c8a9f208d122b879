import { type FormEvent, useEffect, useId, useState } from 'react'
import { CreateRoomDocument } from '../../api/generated'
import { useMutation } from '../../api/useMutation'
import type { Notify } from '../../ui/Toasts'
import { useFailureText, useHostText } from '../text/text'
import { Button } from '../ui/Button'
import { forgetTab } from './useTab'

interface Props {
  first: string | undefined // what the host has to do before a room can be opened
  notify: Notify
  onOpened: () => void
}

/** The form that opens a room. Errors of a field are shown at the field. */
export function OpenRoom({ first, notify, onOpened }: Props) {
  const own = useHostText().open
  const failureText = useFailureText()
  const [name, setName] = useState('')
  const [code, setCode] = useState('')
  useEffect(forgetTab, [])
  const [{ fetching, failure }, create] = useMutation(CreateRoomDocument)
  const field = failure?.code === 'CONFLICT' ? 'input.code' : failure?.field

  async function open(event: FormEvent) {
    event.preventDefault()
    const { data, failure } = await create({ input: { name: name.trim() || null, code: code.trim() || null } })
    const opened = data?.createRoom
    if (opened) notify(own.done(opened.name))
    if (opened || failure?.code === 'CONFLICT') onOpened() // another page may have opened a room
  }

  return (
    <form className="card stack" onSubmit={open}>
      <h2>{own.heading}</h2>
      <p className="quiet">{own.explanation}</p>
      <Field
        label={own.name}
        hint={own.nameHint}
        error={field === 'input.name' && own.nameField}
        value={name}
        onChange={setName}
        max={40}
      />
      <Field
        label={own.code}
        hint={own.codeHint}
        error={field === 'input.code' && (failure?.code === 'CONFLICT' ? own.codeTaken : own.codeField)}
        value={code}
        onChange={(value) => setCode(value.toUpperCase())}
        max={20}
        variant="code"
      />
      {first && <p id="first">{first}</p>}
      <Button type="submit" variant="main" busy={fetching || first !== undefined} aria-describedby={first && 'first'}>
        {own.button}
      </Button>
      <p role="alert" className="error">
        {failure && !field?.startsWith('input.') && failureText(failure)}
      </p>
    </form>
  )
}

interface FieldProps {
  label: string
  hint: string
  error: string | false
  value: string
  onChange: (value: string) => void
  max: number
  variant?: string
}

function Field({ label, hint, error, value, onChange, max, variant = '' }: FieldProps) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className={`input ${variant}`}
        maxLength={max}
        autoComplete="off"
        aria-invalid={error !== false}
        aria-describedby={`${id}-hint ${id}-error`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <span id={`${id}-hint`} className="hint">
        {hint}
      </span>
      <span id={`${id}-error`} className="error" role="alert">
        {error}
      </span>
    </div>
  )
}
