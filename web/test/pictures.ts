import { launchComplete } from './browser'
import type { Stage } from './party'
import { Server } from './server'

/** The server as the pictures show it: at an address that only their browser can open. */
export const site = { url: 'http://party.example' }

const fonts = new URL('pictures.fonts.conf', import.meta.url).pathname

/** Starts a server with that address, and a browser that draws texts as most phones do. */
export async function startForPictures(): Promise<Stage> {
  const server = await Server.start('demo', { ANTWON_PUBLIC_URL: site.url })
  const rule = `MAP ${new URL(site.url).host} ${new URL(server.url).host}`
  const browser = await launchComplete({
    args: [`--host-resolver-rules=${rule}`],
    env: { ...process.env, FONTCONFIG_FILE: fonts },
  })
  return { browser, server }
}
