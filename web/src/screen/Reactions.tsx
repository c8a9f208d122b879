import { type CSSProperties, useEffect, useRef, useState } from 'react'
import { type Reaction, ReactionsJustNowDocument, type ReactionsJustNowSubscription } from '../api/generated'
import { useRetriedSubscription } from '../api/useRetriedSubscription'
import { ReactionIcon, reactions } from '../ui/ReactionIcon'
import { flying } from './flying'

type Counts = ReactionsJustNowSubscription['roomReactions']['counts']

const stillFor = 3_000 // milliseconds
const most = 24 // reactions at a time, however many come

/** What guests show about the song that plays, beside its cover. With reduced motion it appears there and stays still. */
export function Reactions({ roomId }: { roomId: string }) {
  const { data } = useRetriedSubscription(ReactionsJustNowDocument, { roomId })
  const counts = data?.roomReactions.counts
  return (
    <>
      <Flying counts={counts} />
      <Still counts={counts} />
    </>
  )
}

function Flying({ counts }: { counts: Counts | undefined }) {
  const [shown, setShown] = useState<readonly { id: number; reaction: Reaction }[]>([])
  const count = useRef(0)
  useEffect(() => {
    const added = flying(counts ?? []).map((reaction) => ({ id: ++count.current, reaction }))
    if (added.length > 0) setShown((before) => [...before, ...added].slice(-most))
  }, [counts])
  return (
    <div className="hearts reactions" aria-hidden="true">
      {shown.map(({ id, reaction }) => (
        <span
          key={id}
          style={{ '--at': (id * 37) % 100, '--after': `${(id % 8) * 60}ms` } as CSSProperties}
          onAnimationEnd={() => setShown((all) => all.filter((each) => each.id !== id))}
        >
          <ReactionIcon reaction={reaction} />
        </span>
      ))}
    </div>
  )
}

/** Each kind has its place, so that nothing moves when another one comes or goes. */
function Still({ counts }: { counts: Counts | undefined }) {
  const [shown, setShown] = useState<Partial<Record<Reaction, number>>>({})
  useEffect(() => {
    if (!counts || counts.length === 0) return
    setShown((before) => ({ ...before, ...Object.fromEntries(counts.map((each) => [each.reaction, each.count])) }))
  }, [counts])
  useEffect(() => {
    if (Object.keys(shown).length === 0) return
    const timer = setTimeout(() => setShown({}), stillFor)
    return () => clearTimeout(timer)
  }, [shown])
  return (
    <ul className="still" aria-hidden="true">
      {reactions.map((reaction) => (
        <li key={reaction} data-hidden={!shown[reaction]}>
          <ReactionIcon reaction={reaction} />
          {(shown[reaction] ?? 0) > 1 && <span>{shown[reaction]}</span>}
        </li>
      ))}
    </ul>
  )
}
