import type { Reaction } from '../api/generated'

/** The reactions, in the order in which they are shown. */
export const reactions: readonly Reaction[] = ['FIRE', 'HANDS', 'SING', 'SMILE', 'STAR']

const paths: Record<Reaction, string> = {
  FIRE: 'M12.6 1.6c.6 4.2 5.9 6.6 5.9 12.6a6.5 6.5 0 0 1-13 0c0-2.7 1.2-4.8 2.7-6.4.3 1.9 1 3 2.2 3.5-.3-3.2 0-6.9 2.2-9.7z',
  HANDS: 'M2.6 5.3 5 3.7l4.5 6.9h5L19 3.7l2.4 1.6-5.2 8.2V22H7.8v-8.5zM12 3.6a2.9 2.9 0 1 1 0 5.8 2.9 2.9 0 0 1 0-5.8z',
  SING: 'M12 1.8a4 4 0 0 0-4 4v5a4 4 0 0 0 8 0v-5a4 4 0 0 0-4-4zM4.6 10.8h2.2a5.2 5.2 0 0 0 10.4 0h2.2a7.4 7.4 0 0 1-6.3 7.3v2H16v2.1H8v-2.1h2.9v-2a7.4 7.4 0 0 1-6.3-7.3z',
  SMILE:
    'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zM8.4 7.6a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zm7.2 0a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2zM6.2 13.2h11.6a5.8 5.8 0 0 1-11.6 0z',
  STAR: 'm12 1.9 3.1 6.4 7 .9-5.1 4.9 1.3 7L12 17.7l-6.3 3.4 1.3-7L1.9 9.2l7-.9z',
}

/** The picture of a reaction. It is drawn here, because televisions often have no emoji. */
export function ReactionIcon({ reaction }: { reaction: Reaction }) {
  return (
    <svg width="26" height="26" viewBox="0 0 24 24" fill="currentColor" fillRule="evenodd" aria-hidden="true">
      <path d={paths[reaction]} />
    </svg>
  )
}
