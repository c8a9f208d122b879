import { type ComponentProps, cloneElement, type ReactElement, type ReactNode, useId, useState } from 'react'

interface GroupProps {
  title: string
  summary: string // the current values, shown while the group is closed
  open?: boolean
  children: ReactNode
}

/** A group of settings that can be opened and closed. */
export function Group({ title, summary, open = false, children }: GroupProps) {
  return (
    <details className="group" open={open}>
      <summary>
        <h3>{title}</h3>
        <span className="quiet">{summary}</span>
      </summary>
      <div className="stack">{children}</div>
    </details>
  )
}

interface CheckProps {
  label: string
  hint: string
  checked: boolean
  save: (checked: boolean) => Promise<boolean>
}

export function Check({ label, hint, checked, save }: CheckProps) {
  const [shown, choose] = useChoice(checked, save)
  return (
    <Choice label={label} hint={hint}>
      <input type="checkbox" checked={shown} onChange={(event) => choose(event.target.checked)} />
    </Choice>
  )
}

interface OneOfProps<T extends string> {
  name: string
  legend: string
  options: Record<T, { name: string; hint: string }>
  chosen: T
  save: (chosen: T) => Promise<boolean>
}

export function OneOf<T extends string>({ name, legend, options, chosen, save }: OneOfProps<T>) {
  const [shown, choose] = useChoice(chosen, save)
  return (
    <fieldset className="stack tight">
      <legend>{legend}</legend>
      {(Object.keys(options) as T[]).map((option) => (
        <Choice key={option} label={options[option].name} hint={options[option].hint}>
          <input type="radio" name={name} checked={shown === option} onChange={() => choose(option)} />
        </Choice>
      ))}
    </fieldset>
  )
}

/** A checkbox or radio button with its label and a hint. */
export function Choice({
  label,
  hint,
  children,
}: {
  label: string
  hint: string
  children: ReactElement<ComponentProps<'input'>>
}) {
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

/** Shows a choice at once, and until the server has sent the new value. */
function useChoice<T>(value: T, save: (value: T) => Promise<boolean>): [T, (value: T) => void] {
  const [chosen, setChosen] = useState<{ from: T; to: T }>()
  if (chosen && chosen.from !== value) setChosen(undefined) // not just hidden: another host may change the value back
  async function choose(to: T) {
    const choice = { from: value, to }
    setChosen(choice)
    if (!(await save(to))) setChosen((now) => (now === choice ? undefined : now)) // the host may have chosen again
  }
  return [chosen ? chosen.to : value, (to) => void choose(to)]
}
