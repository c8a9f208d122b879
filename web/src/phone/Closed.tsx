import { useEffect, useEffectEvent } from 'react'
import { pollForOpenRoom } from '../api/pollForOpenRoom'
import { useText } from '../text/text'
import { LanguageChoice } from '../ui/LanguageChoice'
import { History } from './History'
import { Recap } from './Recap'
import { forgetNames } from './tabletNames'

interface Props {
  room: { id: string; name: string; code: string }
  onOpen: () => void // another room opened with the same code
}

/** A closed room: the guest's recap and the history. */
export function Closed({ room, onOpen }: Props) {
  const text = useText()
  const handleOpen = useEffectEvent(onOpen)
  useEffect(forgetNames, [])
  useEffect(() => pollForOpenRoom(room.code, () => handleOpen()), [room.code])
  return (
    <main className="center stack">
      <h1>{room.name}</h1>
      <p role="status">{text.roomClosed}</p>
      <Recap roomId={room.id} />
      <History roomId={room.id} />
      <a className="button" href="/">
        {text.toStart}
      </a>
      <LanguageChoice />
    </main>
  )
}
