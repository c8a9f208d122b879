import { newIdempotencyKey } from '@antwon/client'
import { type ReactNode, useState } from 'react'
import { useClient } from '../api/client'
import { AddSongForDocument, GuestNamesDocument } from '../api/generated'
import { useQuery } from '../api/useQuery'
import { failureSentence, useText } from '../text/text'
import type { Notify } from '../ui/Toasts'
import { NameSheet } from './NameSheet'
import { namesOf, rememberName } from './tabletNames'
import { usePhoneText } from './text'
import type { Actions, Viewer } from './useActions'

type Song = Parameters<Actions['add']>[0]

/** In whose name a song is added: a member's or, without a user id, that of somebody without a phone. */
interface Whom {
  userId?: string
  name: string
}

interface Adding {
  actions: Actions
  field: ReactNode // where a host chooses for whom; where the users of a shared tablet say who they are
}

/** How songs are added: guests add them as themselves, hosts also for others, and at a shared tablet everybody says who they are. */
export function useAdding(roomId: string, viewer: Viewer | undefined, actions: Actions, notify: Notify): Adding {
  const addFor = useAddFor(roomId, notify)
  const [whom, setWhom] = useState<Whom | null>(null) // null: the host
  const [asked, setAsked] = useState<Song | null>(null)
  const isHosting = viewer?.role === 'HOST' || viewer?.role === 'COHOST'
  if (viewer?.role === 'TABLET') {
    const add = async (name: string) => {
      setAsked(null)
      if (asked && (await addFor(asked, { name }))) rememberName(roomId, name)
    }
    const sheet = asked && (
      <NameSheet song={asked} names={namesOf(roomId)} onName={(name) => void add(name)} onClose={() => setAsked(null)} />
    )
    return { actions: { ...actions, add: setAsked }, field: sheet }
  }
  if (!isHosting) return { actions, field: null }
  const isForOther = whom !== null && (whom.userId !== undefined || whom.name.trim() !== '')
  const add = (song: Song) => void addFor(song, { ...whom, name: whom?.name.trim() ?? '' })
  return {
    actions: isForOther ? { ...actions, add } : actions,
    field: <AddForField roomId={roomId} me={viewer.participant.id} whom={whom} onWhom={setWhom} />,
  }
}

/** Adds songs in somebody's name, and says what became of it. The result is whether it was added, or in the queue already. */
function useAddFor(roomId: string, notify: Notify) {
  const text = useText()
  const own = usePhoneText()
  const client = useClient()
  return async ({ uri, name: song }: Song, { userId, name }: Whom): Promise<boolean> => {
    const whom = userId === undefined ? { forName: name } : { forUserId: userId }
    const variables = { roomId, songUri: uri, ...whom, key: newIdempotencyKey() }
    const { data, failure } = await client.request(AddSongForDocument, variables)
    if (failure) notify(own.failed(song, failureSentence(text, failure)), true)
    else if (data?.addSong?.item.state === 'AWAITING_APPROVAL') notify(own.addedAwaiting(song))
    else notify(data?.addSong?.alreadyQueued ? own.queuedAlready(song) : own.addedFor(song, name))
    return failure === undefined
  }
}

const somebody = 'SOMEBODY' // no user id

interface FieldProps {
  roomId: string
  me: string // the id of the host's participant
  whom: Whom | null
  onWhom: (whom: Whom | null) => void
}

/** The field in which a host chooses for whom to add songs: themselves, a guest of the room, or somebody without a phone. */
function AddForField({ roomId, me, whom, onWhom }: FieldProps) {
  const own = usePhoneText()
  const { data } = useQuery(GuestNamesDocument, { roomId })
  const guests = (data?.room?.members?.nodes ?? [])
    .filter(({ role, participant }) => ['GUEST', 'COHOST', 'HOST'].includes(role) && participant.id !== me)
    .map(({ participant }) => ({ userId: participant.user.id, name: participant.displayName }))
    .sort((a, b) => a.name.localeCompare(b.name))

  function choose(value: string) {
    if (value === '') onWhom(null)
    else onWhom(guests.find(({ userId }) => userId === value) ?? { name: '' })
  }

  return (
    <>
      <label className="field">
        <span>{own.addFor}</span>
        <select className="input" value={whom ? (whom.userId ?? somebody) : ''} onChange={(event) => choose(event.target.value)}>
          <option value="">{own.addForMyself}</option>
          <option value={somebody}>{own.addForSomebody}</option>
          {guests.map(({ userId, name }) => (
            <option key={userId} value={userId}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {whom && whom.userId === undefined && (
        <label className="field">
          <span>{own.addForName}</span>
          <input
            className="input"
            autoComplete="off"
            maxLength={40}
            value={whom.name}
            onChange={(event) => onWhom({ name: event.target.value })}
          />
        </label>
      )}
    </>
  )
}
