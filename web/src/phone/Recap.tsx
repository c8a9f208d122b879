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
  const figures = [
    [own.recapPlayed, recap.songsPlayed.length],
    [own.recapGot, recap.likesGot],
    [own.recapGiven, recap.likesGiven],
  ] as const
  return (
    <section className="card stack recap">
      <h2>{own.recap}</h2>
      <dl>
        {figures.map(([what, count]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{count}</dd>
          </div>
        ))}
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
