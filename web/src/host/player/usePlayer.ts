import { useState } from 'react'
import { PausePlaybackDocument, ResumePlaybackDocument, SkipSongDocument, TransferPlaybackDocument } from '../../api/generated'
import type { Notify } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import type { PlayerCommand } from '../types'
import { useMutate } from '../ui/useMutate'

export interface Player {
  busy: PlayerCommand | null // the command that the player has not answered yet
  play: () => void
  pause: () => void
  skip: () => void
  takeOver: () => void // plays the room's music instead of what the host started in Spotify
  transfer: (deviceId: string) => void
}

/** Sends commands to the player, one at a time. The server answers each within five seconds. */
export function usePlayer(roomId: string, notify: Notify): Player {
  const own = useHostText().player
  const { mutate } = useMutate(notify)
  const [busy, setBusy] = useState<PlayerCommand | null>(null)

  const command = (kind: PlayerCommand, send: () => Promise<boolean>) => {
    if (busy) return
    setBusy(kind)
    void send().finally(() => setBusy(null))
  }
  const messages = (kind: PlayerCommand) => ({ done: own.done[kind], failure: own.failure })
  const transferMessages = { ...messages('transfer'), failure: { ...own.failure, NOT_FOUND: own.notThere } }
  return {
    busy,
    play: () => command('play', () => mutate(ResumePlaybackDocument, { roomId }, messages('play'))),
    pause: () => command('pause', () => mutate(PausePlaybackDocument, { roomId }, messages('pause'))),
    skip: () => command('skip', () => mutate(SkipSongDocument, { roomId }, messages('skip'))),
    takeOver: () => command('play', () => mutate(SkipSongDocument, { roomId }, messages('play'))),
    transfer: (deviceId) => command('transfer', () => mutate(TransferPlaybackDocument, { roomId, deviceId }, transferMessages)),
  }
}
