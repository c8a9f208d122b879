import { useState } from 'react'
import { MembersDocument, type MembersQuery } from '../../api/generated'
import type { Item } from '../../api/queue'
import { useText } from '../../text/text'
import type { Notify } from '../../ui/Toasts'
import type { Undo } from '../queue/Undo'
import { useFailureText, useHostText } from '../text/text'
import type { Me } from '../types'
import { Button } from '../ui/Button'
import { Group } from '../ui/Choice'
import { usePages } from '../ui/usePages'
import { GuestDialog } from './GuestDialog'
import { groupNames, groupsOf } from './groups'
import { actionsFor, type Member } from './memberActions'

interface Props {
  roomId: string
  me: Me
  awaiting: readonly Item[] // the songs that wait for approval
  notify: Notify
  undo: Undo
}

const shownAtOnce = 500 // members
const membersOf = ({ room }: MembersQuery) => room?.members

/** All members of the room, in groups: who is here, and folded up who is not. The latest to join are first. */
export function Guests({ roomId, me, awaiting, notify, undo }: Props) {
  const text = useText()
  const own = useHostText()
  const failureText = useFailureText()
  const { list, more, failure, refresh, showMore } = usePages(MembersDocument, roomId, membersOf, shownAtOnce)
  const [opened, setOpened] = useState<Member>() // as it was when its dialog was opened
  const chosen = list?.find(({ participant }) => participant.id === opened?.participant.id) ?? opened
  return (
    <section className="card stack" id="guests" aria-labelledby="guests-heading">
      <div className="title">
        <h2 id="guests-heading">{own.sections.guests}</h2>
        <Button variant="plain" onClick={refresh}>
          {own.guests.refresh}
        </Button>
      </div>
      {!list && <p className="quiet">{failure ? failureText(failure) : text.loading}</p>}
      {list && <Groups members={list} more={more} me={me} onChoose={setOpened} />}
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
          awaiting={awaiting}
          notify={notify}
          undo={undo}
          onDone={refresh}
          onClose={() => setOpened(undefined)}
        />
      )}
    </section>
  )
}

interface GroupsProps {
  members: readonly Member[]
  more: boolean // whether there are others
  me: Me
  onChoose: (member: Member) => void
}

function Groups({ members, more, me, onChoose }: GroupsProps) {
  const own = useHostText().guests
  const groups = groupsOf(members)
  return (
    <div>
      {groupNames.map(
        (name) =>
          groups[name].length > 0 && (
            <Group
              key={name}
              title={own.groups[name]}
              summary={`${groups[name].length}${more ? '+' : ''}`}
              open={name === 'here'}
            >
              <ul className="lines">
                {groups[name].map((member) => (
                  <Line key={member.participant.id} member={member} me={me} onChoose={() => onChoose(member)} />
                ))}
              </ul>
            </Group>
          ),
      )}
    </div>
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
