import { Server } from '@antwon/client'

/** The server that served the page. */
export const server = new Server()
