import { useQuery } from 'urql'
import { RecapDocument } from '../api/generated'
import { SongLine } from '../ui/SongLine'
import { Likes } from './Likes'
import { usePhoneText } from './text'

/** One's own evening, once it is over. */
export function Recap({ roomId }: { roomId: string }) {
  const own = usePhoneText()
  const [{ data }] = useQuery({ query: RecapDocument, variables: { roomId } })
  const recap = data?.room?.recap
  if (!recap) return null
  return (
    <section className="card stack recap">
      <h2>{own.recap}</h2>
      <dl>
        <Figure count={recap.songsPlayed.length} what={own.recapPlayed} />
        <Figure count={recap.likesGot} what={own.recapGot} />
        <Figure count={recap.likesGiven} what={own.recapGiven} />
      </dl>
      <ol className="lines">
        {recap.songsPlayed.map(({ id, song, likeCount }) => (
          <li key={id}>
            <SongLine song={song}>
              <Likes count={likeCount} />
            </SongLine>
          </li>
        ))}
      </ol>
    </section>
  )
}

function Figure({ count, what }: { count: number; what: (n: number) => string }) {
  return (
    <div>
      <dt>{what(count)}</dt>
      <dd>{count}</dd>
    </div>
  )
}
