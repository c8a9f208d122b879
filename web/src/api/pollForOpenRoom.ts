import { RoomByCodeDocument } from './generated'
import { server } from './server'

const interval = 15_000 // milliseconds

/** Polls for an open room with this code and calls back when it finds one. Returns a function that stops polling. */
export function pollForOpenRoom(code: string, callback: () => void): () => void {
  const timer = setInterval(async () => {
    // The request has no token. Without one, an open room is answered with FORBIDDEN.
    const { data, failure } = await server.post(RoomByCodeDocument, { code })
    if (data?.roomByCode || failure?.code === 'FORBIDDEN') callback()
  }, interval)
  return () => clearInterval(timer)
}
