import type { RecapMessages } from './messages'

interface LogEvent {
  kind: string
  detail: string | null
}

type LogMessages = Pick<RecapMessages, 'events' | 'unknown' | 'roles' | 'undone' | 'settings'>

/** The sentence of an event, with placeholders for the actor, song, subject and detail. */
export const logSentence = ({ kind, detail }: LogEvent, own: LogMessages): string =>
  own.events[`${kind}_${detail}`] ?? own.events[kind] ?? own.unknown

/** The text for {detail}: the event's detail in words or, for an unknown kind, the kind and the detail as they are. */
export function detailText({ kind, detail }: LogEvent, own: LogMessages): string {
  if (!(kind in own.events)) return [kind, detail].filter(Boolean).join(' ')
  const names: Record<string, Record<string, string>> = { SETTINGS: own.settings, ROLE: own.roles, UNDONE: own.undone }
  const known = names[kind] ?? {}
  return (detail ?? '')
    .split(', ')
    .map((each) => known[each] ?? each)
    .join(', ')
}

/** Splits a sentence into its text and its placeholders. */
export const splitPlaceholders = (sentence: string): { text?: string; placeholder?: string }[] =>
  sentence.split(/(\{\w+\})/).map((piece) => (piece.startsWith('{') ? { placeholder: piece.slice(1, -1) } : { text: piece }))
