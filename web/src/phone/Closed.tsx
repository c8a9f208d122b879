import { useEffect, useEffectEvent } from 'react'
import { whenOpen } from '../api/pollForOpenRoom'
import { useText } from '../text/text'
import { LanguageChoice } from '../ui/LanguageChoice'
import { Played } from './History'
import { Recap } from './Recap'

interface Props {
  room: { id: string; name: string; code: string }
  onOpen: () => void // another room was opened with its code
}

/** The room was closed: what the evening was. */
export function Closed({ room, onOpen }: Props) {
  const text = useText()
  const opened = useEffectEvent(onOpen)
  useEffect(() => whenOpen(room.code, () => opened()), [room.code])
  return (
    <main className="center stack">
      <h1>{room.name}</h1>
      <p role="status">{text.roomClosed}</p>
      <Recap roomId={room.id} />
      <Played roomId={room.id} />
      <a className="button" href="/">
        {text.toStart}
      </a>
      <LanguageChoice />
    </main>
  )
}
