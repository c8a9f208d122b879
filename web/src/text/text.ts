import { browserStorage, type Failure, Store } from '@antwon/client'
import { useStore } from '@antwon/client/react'
import type { RefusalReason, RoomHealthState } from '../api/generated'
import { de } from './de'
import { en } from './en'
import { timeOfDay } from './format'
import { isolateNames } from './isolateNames'
import type { Messages } from './messages'

export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

const storageKey = 'antwon.language'

/** The language that was chosen on this device, else the first of the browser's languages that we have. */
function preferredLanguage(chosen: string | null, browserLanguages: readonly string[]): Language {
  const match = (tag: string) => languages.find((language) => tag.toLowerCase().split('-')[0] === language)
  return [chosen ?? '', ...browserLanguages].map(match).find((language) => language !== undefined) ?? 'en'
}

const current = new Store<Language>(preferredLanguage(browserStorage.getItem(storageKey), navigator.languages))
document.documentElement.lang = current.get()

export function setLanguage(language: Language): void {
  browserStorage.setItem(storageKey, language)
  document.documentElement.lang = language
  current.set(language)
}

export const useLanguage = (): Language => useStore(current)

/** The texts of all pages, in the chosen language. */
export const useText = (): Messages => usePageText({ en, de })

/** The texts of one page, in the chosen language. */
export const usePageText = <Messages extends object>(messages: Record<Language, Messages>): Messages =>
  isolateNames(messages[useLanguage()])

/** Says why an operation failed. */
export function failureSentence(text: Messages, { code, reason, message }: Failure): string {
  return (reason && text.refusal[reason as RefusalReason]) || text.failure[code] || message
}

/** Describes a room's health for guests. */
export function healthSentence(
  text: Messages,
  language: Language,
  health: { state: string; until: string | null; guestMessage: string },
): string {
  const known = text.health[health.state as RoomHealthState] ?? health.guestMessage
  return health.until ? `${known} ${text.until(timeOfDay(health.until, language))}` : known
}
