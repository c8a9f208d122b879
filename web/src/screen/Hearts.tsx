import type { Store } from '@antwon/client'
import { type CSSProperties, useEffect, useRef, useState } from 'react'
import type { QueueState } from '../api/queue'
import { newLikes } from './newLikes'

const most = 12 // hearts at a time, however many likes come

/** A heart flies up beside the cover for each like that comes in. */
export function Hearts({ queue }: { queue: Store<QueueState> }) {
  const [hearts, setHearts] = useState<readonly number[]>([])
  const count = useRef(0)
  useEffect(() => {
    let before = queue.get().items
    return queue.subscribe(() => {
      const { items } = queue.get()
      const added = Math.min(most, newLikes(before, items))
      before = items
      if (added > 0) setHearts((flying) => [...flying, ...Array.from({ length: added }, () => ++count.current)].slice(-most))
    })
  }, [queue])
  return (
    <div className="hearts" aria-hidden="true">
      {hearts.map((id) => (
        <span
          key={id}
          style={{ '--at': (id * 37) % 100, '--after': `${(id % most) * 70}ms` } as CSSProperties}
          onAnimationEnd={() => setHearts((flying) => flying.filter((each) => each !== id))}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true" fill="currentColor">
            <path d="M12 21.4 3.2 12.6a5.7 5.7 0 0 1 8.1-8.1l.7.7.7-.7a5.7 5.7 0 0 1 8.1 8.1z" />
          </svg>
        </span>
      ))}
    </div>
  )
}
