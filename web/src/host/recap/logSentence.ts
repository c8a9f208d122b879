import type { RecapMessages } from './messages'

interface LogEvent {
  kind: string
  message: string
  detail: string | null
}

type LogMessages = Pick<RecapMessages, 'events' | 'roles' | 'undone' | 'settings'>

/** The sentence of an event, with placeholders for the actor, song, subject and detail; the server's for an unknown kind. */
export const logSentence = ({ kind, detail, message }: LogEvent, own: LogMessages): string =>
  own.events[`${kind}_${detail}`] ?? own.events[kind] ?? message

/** The text for {detail}: the event's detail in words. */
export function detailText({ kind, detail }: Omit<LogEvent, 'message'>, own: LogMessages): string {
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
