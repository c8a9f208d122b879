import type { Item } from '../api/queue'
import type { SearchHit } from './useSearch'

const most = 5 // of the best liked songs

/** Splits played songs into the best liked ones and the others, each song once. */
export function suggestionsOf(played: readonly Pick<Item, 'song' | 'likeCount'>[]): { liked: SearchHit[]; played: SearchHit[] } {
  const songs = [...new Map(played.map((item) => [item.song.uri, item])).values()]
  const best = songs
    .filter(({ likeCount }) => likeCount > 0)
    .sort((a, b) => b.likeCount - a.likeCount)
    .slice(0, most)
  const asHit = ({ song }: Pick<Item, 'song'>): SearchHit => ({
    song: { ...song, albumName: '' },
    canAdd: true,
    refusal: null,
    queueItemId: null,
  })
  return { liked: best.map(asHit), played: songs.filter((item) => !best.includes(item)).map(asHit) }
}
