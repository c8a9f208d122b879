import { createElement, Fragment, type ReactNode } from 'react'
import { HostLogDocument, type HostLogQuery } from '../../api/generated'
import { timeOfDay } from '../../text/format'
import { useLanguage, useText } from '../../text/text'
import { useHostText } from '../text/text'
import { PagesDialog } from '../ui/PagesDialog'
import { usePages } from '../ui/usePages'
import { detailText, logSentence, splitPlaceholders } from './logSentence'

type Event = NonNullable<NonNullable<HostLogQuery['room']>['log']>['edges'][number]['node']

const logOf = ({ room }: HostLogQuery) => room?.log

/** The room's log: who did what, the latest first. */
export function Log({ roomId, onClose }: { roomId: string; onClose: () => void }) {
  const own = useHostText().recap
  const language = useLanguage()
  const pages = usePages(HostLogDocument, roomId, logOf)
  return (
    <PagesDialog title={own.log} empty={own.emptyLog} pages={pages} onClose={onClose}>
      {pages.list?.map((event) => (
        <li key={event.id} className="event">
          <time className="quiet" dateTime={event.at}>
            {timeOfDay(event.at, language)}
          </time>
          <span>
            <Sentence event={event} />
          </span>
        </li>
      ))}
    </PagesDialog>
  )
}

function Sentence({ event }: { event: Event }) {
  const own = useHostText().recap
  const { actor, item, subject } = event
  const parts: Record<string, ReactNode> = {
    actor: (
      <strong>
        <bdi>{actor?.displayName ?? own.server}</bdi>
      </strong>
    ),
    song: item && <Title song={item.song} />,
    subject: <bdi>{subject?.displayName}</bdi>,
    detail: detailText(event, own),
  }
  const pieces = splitPlaceholders(logSentence(event, own))
  return createElement(Fragment, null, ...pieces.map(({ text, placeholder }) => (placeholder ? parts[placeholder] : text)))
}

function Title({ song: { name, spotifyUrl } }: { song: { name: string; spotifyUrl: string } }) {
  const text = useText()
  return (
    <a href={spotifyUrl} target="_blank" rel="noreferrer" title={text.openInSpotify(name)}>
      <bdi>{name}</bdi>
    </a>
  )
}
