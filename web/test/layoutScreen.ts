// The same as layout.ts, for the room's screen and the pages that it shows while there is no party. It also runs axe, except on
// the plain page.
import { describe, test } from 'vitest'
import { Device, sidesAt } from './browser'
import { filledParty } from './party'
import { api } from './server'
import { check, screenSizes, timeout } from './sizes'

const stage = filledParty()
const signIn = 'mutation { demoLogin(displayName: "Nora") { accessToken } }'
const createRoom = 'mutation($c: String!, $n: String!) { createRoom(input: {code: $c, name: $n}) { id } }'
const closeRoom = 'mutation($r: ID!) { closeRoom(roomId: $r) { status } }'

describe.each(['en-GB', 'de-DE'])('nothing is cut, overlaps or breaks within a word on the TV: %s', { timeout }, (locale) => {
  const language = locale.slice(0, 2)
  const open = () => Device.open(stage.browser, stage.server, { locale })
  // Its text follows the size of the television, not the reader's setting.
  const checkSizes = (screen: Device, name: string) =>
    check(screen, `${language}-${name}`, ({ percent }) => percent === 100, screenSizes)
  const look = async (screen: Device, name: string) => {
    await screen.expectAccessible(name)
    await checkSizes(screen, name)
  }

  test.each(Object.entries(sidesAt))('with its sides as %s, and without a connection', async (sides, at) => {
    const screen = await open()
    await screen.stopClock(at)
    await screen.goto('/r/PARTY/screen')
    await screen.page.getByRole('listitem').first().waitFor()
    await look(screen, `screen-${sides}`)
    await screen.page.context().setOffline(true)
    await screen.page.locator('.problem').waitFor()
    await look(screen, `screen-offline-${sides}`)
    await screen.close()
  })

  test('before the first song, after the last one, and where there is no room', async () => {
    const { accessToken: token } = (await api(stage.server, signIn, {})).demoLogin
    const code = `NORA-${language}`
    const { id } = (await api(stage.server, createRoom, { c: code, n: 'Noras Geburtstagsparty' }, token)).createRoom
    const screen = await open()
    await screen.stopClock(sidesAt.usual)
    await screen.goto(`/r/${code}/screen`)
    await screen.page.locator('.empty').waitFor()
    await look(screen, 'screen-empty')
    await api(stage.server, closeRoom, { r: id }, token)
    await screen.page.locator('.status h1').waitFor()
    await look(screen, 'screen-closed')
    await screen.goto('/r/NOWHERE/screen')
    await screen.page.locator('.status h1').waitFor()
    await look(screen, 'screen-missing')
    await screen.close()
  })

  test('the plain page', async () => {
    const screen = await open()
    await screen.goto('/r/PARTY/screen/plain')
    await screen.page.getByRole('listitem').first().waitFor()
    await screen.page.route('**/screen/plain', (route) => route.abort('aborted')) // or it would reload itself meanwhile
    await checkSizes(screen, 'screen-plain')
    await screen.close()
  })
})
