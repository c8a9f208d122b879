import { newIdempotencyKey } from '@antwon/client'
import { useState } from 'react'
import { useClient } from '../api/client'
import { AddSongForDocument } from '../api/generated'
import { failureSentence, useText } from '../text/text'
import type { Notify } from '../ui/Toasts'
import { usePhoneText } from './text'
import type { Actions } from './useActions'

/** Lets hosts add songs in the name of somebody without a phone. With an empty name they add them as themselves. */
export function useAddFor(roomId: string, actions: Actions, notify: Notify) {
  const text = useText()
  const own = usePhoneText()
  const client = useClient()
  const [name, setName] = useState('')
  const forName = name.trim()

  async function add({ uri, name: song }: { uri: string; name: string }) {
    const variables = { roomId, songUri: uri, forName, key: newIdempotencyKey() }
    const { data, failure } = await client.request(AddSongForDocument, variables)
    if (failure) notify(own.failed(song, failureSentence(text, failure)), true)
    else notify(data?.addSong?.alreadyQueued ? own.queuedAlready(song) : own.addedFor(song, forName))
  }

  return { name, setName, actions: forName === '' ? actions : ({ ...actions, add: (song) => void add(song) } satisfies Actions) }
}

/** The field for the name in which a host adds songs. */
export function AddForField({ name, onName }: { name: string; onName: (name: string) => void }) {
  const own = usePhoneText()
  return (
    <label className="field">
      <span>{own.addFor}</span>
      <input
        className="input"
        autoComplete="off"
        maxLength={40}
        placeholder={own.addForPlaceholder}
        value={name}
        onChange={(event) => onName(event.target.value)}
      />
    </label>
  )
}
