import { choose, languages, useLanguage } from '../text/text'

const names = { en: 'English', de: 'Deutsch' }

export function LanguageChoice() {
  const language = useLanguage()
  return (
    <fieldset>
      <legend className="spoken">Language / Sprache</legend>
      {languages.map((each) => (
        <button
          key={each}
          type="button"
          className="button plain"
          lang={each}
          aria-pressed={each === language}
          onClick={() => choose(each)}
        >
          {names[each]}
        </button>
      ))}
    </fieldset>
  )
}
