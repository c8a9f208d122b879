import { useState } from 'react'
import {
  PausePlaybackDocument,
  type PlaybackFieldsFragment,
  ResumePlaybackDocument,
  SkipSongDocument,
  TransferPlaybackDocument,
} from '../../api/generated'
import type { Tell } from '../../ui/Toasts'
import { useHostText } from '../text/text'
import { useDoing } from '../ui/useMutate'

export type Playback = PlaybackFieldsFragment

/** What a host can tell the player to do. */
export type PlayerCommand = 'play' | 'pause' | 'skip' | 'transfer'

export interface Player {
  busy: PlayerCommand | null // what the player has not answered yet
  play: () => void
  pause: () => void
  skip: () => void
  takeOver: () => void // plays the room's music instead of the host's own
  transfer: (deviceId: string) => void
}

/** The player's commands. Each takes five seconds at most, and no two go at once. */
export function usePlayer(roomId: string, tell: Tell): Player {
  const own = useHostText().player
  const { act } = useDoing(tell)
  const [busy, setBusy] = useState<PlayerCommand | null>(null)

  const command = (kind: PlayerCommand, send: () => Promise<boolean>) => {
    if (busy) return
    setBusy(kind)
    void send().finally(() => setBusy(null))
  }
  const words = (kind: PlayerCommand) => ({ done: own.done[kind], failure: own.failure })
  const moved = { ...words('transfer'), failure: { ...own.failure, NOT_FOUND: own.notThere } }
  return {
    busy,
    play: () => command('play', () => act(ResumePlaybackDocument, { roomId }, words('play'))),
    pause: () => command('pause', () => act(PausePlaybackDocument, { roomId }, words('pause'))),
    skip: () => command('skip', () => act(SkipSongDocument, { roomId }, words('skip'))),
    takeOver: () => command('play', () => act(SkipSongDocument, { roomId }, words('play'))),
    transfer: (deviceId) => command('transfer', () => act(TransferPlaybackDocument, { roomId, deviceId }, moved)),
  }
}
