// The scripts here are driven by Go tests: commands come in and events go out, each as JSON on a line.
import { createInterface } from 'node:readline'

export function tell(event, more) {
  process.stdout.write(JSON.stringify({ event, ...more }) + '\n')
}

// Carries out {"do": name, …} with the handler of that name, until the input ends, as it does when the test ends for
// whatever reason.
export async function serve(handlers) {
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line)
    handlers[command.do](command)
  }
}
