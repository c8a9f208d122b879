import { useState } from 'react'
import { MembersDocument, type MembersQuery } from '../../api/generated'
import { useText } from '../../text/text'
import type { Notify } from '../../ui/Toasts'
import { useFailureText, useHostText } from '../text/text'
import type { Me } from '../types'
import { Button } from '../ui/Button'
import { usePages } from '../ui/usePages'
import { GuestDialog } from './GuestDialog'
import { actionsFor, type Member } from './memberActions'

const membersOf = ({ room }: MembersQuery) => room?.members

/** All members of the room, present or not, the latest to join first. */
export function Guests({ roomId, me, notify }: { roomId: string; me: Me; notify: Notify }) {
  const text = useText()
  const own = useHostText()
  const failureText = useFailureText()
  const { list, more, failure, refresh, showMore } = usePages(MembersDocument, roomId, membersOf)
  const [chosen, setChosen] = useState<Member>()
  return (
    <section className="card stack" id="guests" aria-labelledby="guests-heading">
      <div className="title">
        <h2 id="guests-heading">{own.sections.guests}</h2>
        <Button variant="plain" onClick={refresh}>
          {own.guests.refresh}
        </Button>
      </div>
      {!list && <p className="quiet">{failure ? failureText(failure) : text.loading}</p>}
      <ul className="lines">
        {list?.map((member) => (
          <Line key={member.participant.id} member={member} me={me} onChoose={() => setChosen(member)} />
        ))}
      </ul>
      {more && (
        <div className="buttons">
          <Button onClick={showMore}>{own.guests.more}</Button>
        </div>
      )}
      {chosen && (
        <GuestDialog
          roomId={roomId}
          member={chosen}
          actions={actionsFor(chosen, me)}
          notify={notify}
          onDone={refresh}
          onClose={() => setChosen(undefined)}
        />
      )}
    </section>
  )
}

function Line({ member, me, onChoose }: { member: Member; me: Me; onChoose: () => void }) {
  const own = useHostText().guests
  const { participant, role, present } = member
  const { displayName, user } = participant
  const isMember = role !== 'REMOVED' && role !== 'BANNED'
  return (
    <li className="member">
      <span className="member-name">
        {displayName}
        {user.id === me.id && <span className="quiet"> ({own.you})</span>}
      </span>
      <span className="hint">
        {own.roles[role]}
        {isMember && (
          <>
            {' · '}
            <span className={present ? 'present' : undefined}>{present ? own.present : own.absent}</span>
          </>
        )}
      </span>
      {actionsFor(member, me).length > 0 && (
        <Button aria-label={own.manage(displayName)} onClick={onChoose}>
          {own.manageShort}
        </Button>
      )}
    </li>
  )
}
