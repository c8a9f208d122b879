import { browserStorage, type Failure } from '@antwon/client'
import { useEffect, useEffectEvent, useState } from 'react'
import { useClient } from '../api/client'
import { useLanguage } from '../text/text'
import { canPush, subscribe, unsubscribe } from './push'

/** Whether a guest gets notices about their songs in a room, and how they change that. */
export interface Notices {
  state: 'on' | 'off' | 'blocked' // by the browser, because the guest said so
  isChanging: boolean
  toggle: () => void
}

/** The notices of a user in a room. onFailure is told why they could not be turned on; null if the browser could not. */
export function useNotices(roomId: string, userId: string, onFailure: (failure: Failure | null) => void): Notices {
  const client = useClient()
  const language = useLanguage()
  const key = `antwon.notices.${roomId}.${userId}`
  const permission = canPush() ? Notification.permission : 'default'
  const [isWanted, setWanted] = useState(() => permission === 'granted' && browserStorage.getItem(key) === 'on')
  const [isChanging, setChanging] = useState(false)

  function remember(wanted: boolean) {
    browserStorage.setItem(key, wanted ? 'on' : 'off')
    setWanted(wanted)
  }
  async function turnOn() {
    if ((await Notification.requestPermission()) !== 'granted') return
    const failure = await subscribe(client, roomId, language)
    if (failure === undefined) remember(true)
    else onFailure(failure)
  }
  async function turnOff() {
    remember(false)
    await unsubscribe(client, roomId)
  }
  async function toggle() {
    setChanging(true)
    await (isWanted ? turnOff() : turnOn()).catch(() => onFailure(null))
    setChanging(false)
  }

  // The session, the server's key, the browser's subscription or the language may be other ones than before.
  const renew = useEffectEvent((room: string, words: string) => {
    if (isWanted) void subscribe(client, room, words)
  })
  useEffect(() => renew(roomId, language), [roomId, language])
  const state = permission === 'denied' ? 'blocked' : isWanted ? 'on' : 'off'
  return { state, isChanging, toggle: () => void toggle() }
}
