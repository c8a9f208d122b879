// node story/main.mjs CLIENT SERVER: a guest with a GraphQL client of npm, set up as docs/api.md says. The story itself is told
// by a Go test. Needs build.mjs.
import { serve, tell } from '../lines.mjs'
import { becomeBrowser } from './browser.mjs'

const [name, server] = process.argv.slice(2)
const modules = { typed: '../build/typed/typed.js' }
becomeBrowser(() => tell('renewed'))
const { createSession } = await import('../build/docs/clients/session.mjs')
const { createGuest } = await import(modules[name] ?? `./${name}.mjs`)

function fail(error) {
  const [first] = [error].flat()
  tell('failed', { message: first.message || first.reason || JSON.stringify(error) })
}

const attempt = (act) => (command) => act(command).catch(fail)

const session = await createSession(server)
session.sockets.on('closed', ({ code }) => tell('closed', { code }))
const guest = createGuest(session, server)
await serve({
  join: attempt(async ({ code, name }) => {
    const { session: joined, room } = await guest.join(code, name)
    session.use(joined)
    tell('joined', { id: room.id, token: joined.accessToken })
  }),
  use: ({ token }) => session.use({ accessToken: token }),
  follow: attempt(({ roomId }) => guest.follow(roomId, (room) => tell('shows', { id: roomId, data: room }), fail)),
  add: attempt(async ({ roomId, song }) => tell('added', { id: (await guest.add(roomId, song)).id })),
  like: attempt(async ({ itemId }) => tell('liked', { id: (await guest.like(itemId)).id })),
  pages: attempt(async ({ roomId, words }) => tell('pages', { data: await guest.pages(roomId, words) })),
})
tell('report')
process.exit()
