import { readdirSync } from 'node:fs'
import type { Connect, Plugin, ServerOptions } from 'vite'

/** The pages, by the addresses at which the Go server serves them. */
const pages: [address: RegExp, file: string][] = [
  [/^\/$/, '/index.html'],
  [/^\/r\/[^/]+$/, '/room.html'],
  [/^\/r\/[^/]+\/screen$/, '/screen.html'],
  [/^\/host$/, '/host.html'],
  [/^\/playground$/, '/playground.html'],
]

/** Serves the pages at their real addresses, with live reload. */
export const pagesAtTheirAddresses: Plugin = {
  name: 'pages-at-their-addresses',
  configureServer: (server) => void server.middlewares.use(toPage),
}

const toPage: Connect.NextHandleFunction = (request, _, next) => {
  const [path = '', query] = (request.url ?? '').split('?')
  const file = pages.find(([address]) => address.test(path))?.[1]
  if (file) request.url = query === undefined ? file : `${file}?${query}`
  next()
}

/**
 * What is Vite's own: its modules (`/@…`), the sources and packages that it serves, the pages' files, the files in public/, and
 * `/` alone, at which it speaks to browsers of changes.
 */
const own = ['$', '\\?', '@', 'src/', 'node_modules/', '[a-z]+\\.html', ...readdirSync(new URL('public', import.meta.url))]

/** The development server, which `make dev` puts in front of the Go server: that one gets all requests for something else. */
export const devServer: ServerOptions = {
  host: '127.0.0.1',
  port: Number(process.env.DEV_PORT ?? 8080),
  strictPort: true,
  proxy: { [`^/(?!${own.join('|')})`]: { target: process.env.DEV_SERVER ?? 'http://127.0.0.1:8081', ws: true } },
}
