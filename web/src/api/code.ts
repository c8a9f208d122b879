/** The room code in the path of a room's page, /r/CODE and below. A code that cannot be decoded is returned as it is. */
export function codeIn(path: string): string {
  const [, , code = ''] = path.split('/')
  try {
    return decodeURIComponent(code).toUpperCase()
  } catch {
    return code
  }
}
