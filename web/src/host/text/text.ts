import type { Failure } from '../../api/errors'
import { sentence, useOwnText, useText } from '../../text/text'
import { de } from './de'
import { en } from './en'

export const useHostText = () => useOwnText({ en, de })

/** Tells why something did not work: as what was done has to say of it, as this page has, or as all pages have. */
export function useSentence(): (failure: Failure, special?: Record<string, string>) => string {
  const text = useText()
  const own = useHostText()
  return (failure, special) => special?.[failure.code] ?? own.failure[failure.code] ?? sentence(text, failure)
}

/** The day, as people of this language write it here. */
export const day = (at: string, language: string): string =>
  new Date(at).toLocaleDateString(navigator.languages.find((tag) => tag.startsWith(language)) ?? language, { dateStyle: 'long' })
