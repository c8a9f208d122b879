import { RoomByCodeDocument } from './generated'
import { post } from './post'

const pause = 15_000 // milliseconds until a room is looked for again

/** Calls back once a room with this code is open. */
export function whenOpen(code: string, callback: () => void): () => void {
  const timer = setInterval(async () => {
    // Who asks without saying who they are is told of an open room that it is not for them.
    const { data, failure } = await post(RoomByCodeDocument, { code })
    if (data?.roomByCode || failure?.code === 'FORBIDDEN') callback()
  }, pause)
  return () => clearInterval(timer)
}
