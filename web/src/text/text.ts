import type { Failure } from '../api/errors'
import type { RefusalReason, RoomHealthState } from '../api/generated'
import { browserStorage } from '../api/storage'
import { Store, useStore } from '../api/store'
import { de } from './de'
import { en } from './en'
import { timeOfDay } from './format'
import type { Messages } from './messages'

export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

const kept = 'antwon.language'

/** The language that was chosen here, else the first one of the browser's that we speak. */
export function preferred(chosen: string | null, wanted: readonly string[]): Language {
  const speaks = (tag: string) => languages.find((language) => tag.toLowerCase().split('-')[0] === language)
  return [chosen ?? '', ...wanted].map(speaks).find((language) => language !== undefined) ?? 'en'
}

const current = new Store<Language>(preferred(browserStorage.getItem(kept), navigator.languages))
document.documentElement.lang = current.get()

export function choose(language: Language): void {
  browserStorage.setItem(kept, language)
  document.documentElement.lang = language
  current.set(language)
}

export const useLanguage = (): Language => useStore(current)

/** What all pages say, in the language that is chosen. */
export const useText = (): Messages => (useLanguage() === 'de' ? de : en)

/** What one page says: its messages in each language. */
export const useOwnText = <Own>(messages: Record<Language, Own>): Own => messages[useLanguage()]

/** Why something did not work, in a sentence. */
export function sentence(text: Messages, { code, reason, message }: Failure): string {
  return (reason && text.refusal[reason as RefusalReason]) || text.failure[code] || message
}

/** A room's health in a sentence for guests. */
export function healthSentence(
  text: Messages,
  language: Language,
  health: { state: string; until: string | null; guestMessage: string },
): string {
  const known = text.health[health.state as RoomHealthState] ?? health.guestMessage
  return health.until ? `${known} ${text.until(timeOfDay(health.until, language))}` : known
}
