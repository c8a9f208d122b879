import { browserStorage, type Failure, isTransient } from '@antwon/client'
import { useEffect, useEffectEvent, useState } from 'react'
import { useClient } from '../api/client'
import { failureSentence, useLanguage, useText } from '../text/text'
import type { Notify } from '../ui/Toasts'
import { canPush, subscribe, unsubscribe } from './push'
import { usePhoneText } from './text'

/** Whether a guest gets notices about their songs in a room, and how they change that. */
export interface Notices {
  state: 'on' | 'off' | 'blocked' // by the browser, because the guest said so
  isChanging: boolean
  toggle: () => void
}

const key = 'antwon.notices' // the one room and user that get them: a browser has one subscription

/** The notices of a user in a room. notify tells why they could not be turned on or off. */
export function useNotices(roomId: string, userId: string, notify: Notify): Notices {
  const client = useClient()
  const language = useLanguage()
  const text = useText()
  const own = usePhoneText()
  const roomAndUser = `${roomId} ${userId}`
  const permission = canPush() ? Notification.permission : 'default'
  const [isWanted, setWanted] = useState(() => permission === 'granted' && browserStorage.getItem(key) === roomAndUser)
  const [isChanging, setChanging] = useState(false)

  function remember(wanted: boolean) {
    if (wanted) browserStorage.setItem(key, roomAndUser)
    else browserStorage.removeItem(key)
    setWanted(wanted)
  }
  const sayFailed = (failure: Failure | null) => notify(failure ? failureSentence(text, failure) : own.noticesFailed, true)

  async function turnOn() {
    if ((await Notification.requestPermission()) !== 'granted') return
    const failure = await subscribe(client, roomId, language)
    if (failure === undefined) remember(true)
    else sayFailed(failure)
  }
  async function turnOff() {
    if (await unsubscribe(client, roomId)) remember(false)
    else notify(own.noticesStillOn, true)
  }
  async function renew(words: string) {
    const failure = await subscribe(client, roomId, words)
    if (failure === undefined || (failure && isTransient(failure))) return // or is renewed when the page opens next
    remember(false)
    sayFailed(failure)
  }
  async function change(action: Promise<void>, problem: string) {
    setChanging(true)
    await action.catch(() => notify(problem, true))
    setChanging(false)
  }

  // The session, the server's key, the browser's subscription or the language may be other ones than before.
  const handleOpen = useEffectEvent((words: string) => {
    if (isWanted && !isChanging) void change(renew(words), own.noticesFailed)
  })
  useEffect(() => handleOpen(language), [language])
  useElsewhere((value) => setWanted(value === roomAndUser))
  const state = permission === 'denied' ? 'blocked' : isWanted ? 'on' : 'off'
  const toggle = () => void (isWanted ? change(turnOff(), own.noticesStillOn) : change(turnOn(), own.noticesFailed))
  return { state, isChanging, toggle }
}

/** Calls onChange when another tab turns notices on or off: on for its room means off for this one. */
function useElsewhere(onChange: (value: string | null) => void): void {
  const handleChange = useEffectEvent(onChange)
  useEffect(() => {
    const onStorage = (event: StorageEvent) => event.key === key && handleChange(event.newValue)
    addEventListener('storage', onStorage)
    return () => removeEventListener('storage', onStorage)
  }, [])
}
