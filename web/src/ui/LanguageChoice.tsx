import { languages, setLanguage, useLanguage } from '../text/text'

const names = { en: 'English', de: 'Deutsch' }

/** Buttons to choose the language. */
export function LanguageChoice() {
  const language = useLanguage()
  return (
    <fieldset>
      <legend className="visually-hidden">Language / Sprache</legend>
      {languages.map((each) => (
        <button
          key={each}
          type="button"
          className="button plain"
          lang={each}
          aria-pressed={each === language}
          onClick={() => setLanguage(each)}
        >
          {names[each]}
        </button>
      ))}
    </fieldset>
  )
}
