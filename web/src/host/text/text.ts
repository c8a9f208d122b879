import type { Failure } from '@antwon/client'
import { failureSentence, usePageText, useText } from '../../text/text'
import { de } from './de'
import { en } from './en'

export const useHostText = () => usePageText({ en, de })

/** Returns a function that says why something failed: by the special messages, the console's, or those of all pages. */
export function useFailureText(): (failure: Failure, special?: Record<string, string>) => string {
  const text = useText()
  const own = useHostText()
  return (failure, special) => special?.[failure.code] ?? own.failure[failure.code] ?? failureSentence(text, failure)
}

/** The date in the browser's region, in the chosen language. */
export const day = (at: string, language: string): string =>
  new Date(at).toLocaleDateString(navigator.languages.find((tag) => tag.startsWith(language)) ?? language, { dateStyle: 'long' })
