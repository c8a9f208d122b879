import { type FormEvent, useState } from 'react'
import { Sheet } from './Sheet'
import { usePhoneText } from './text'

interface Props {
  song: { name: string }
  names: readonly string[] // of those who have added songs here, the last one first
  onName: (name: string) => void
  onClose: () => void
}

/** Asks who adds a song at a shared tablet. A name that was used here before is one tap away. */
export function NameSheet({ song, names, onName, onClose }: Props) {
  const own = usePhoneText()
  const [name, setName] = useState('')
  const typed = name.trim()

  function submit(event: FormEvent) {
    event.preventDefault()
    if (typed !== '') onName(typed)
  }

  return (
    <Sheet label={own.whoAdds(song.name)} onClose={onClose}>
      <div className="sheet-title">
        <h2>{own.whoAdds(song.name)}</h2>
      </div>
      {names.length > 0 && (
        <ul className="names" aria-label={own.namesBefore}>
          {names.map((each) => (
            <li key={each}>
              <button type="button" className="button" onClick={() => onName(each)}>
                <bdi>{each}</bdi>
              </button>
            </li>
          ))}
        </ul>
      )}
      <form className="stack" onSubmit={submit}>
        <label className="field">
          <span>{own.name}</span>
          <input
            className="input"
            // biome-ignore lint/a11y/noAutofocus: the sheet asks for nothing else
            autoFocus={names.length === 0}
            autoComplete="off"
            autoCapitalize="words"
            enterKeyHint="done"
            maxLength={40}
            placeholder={own.namePlaceholder}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <button type="submit" className="button main" aria-disabled={typed === ''}>
          {own.addSong(song.name)}
        </button>
      </form>
    </Sheet>
  )
}
