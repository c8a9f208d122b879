import { expect, test } from 'vitest'
import { reachOf } from './reach'

test.each([
  ['http://127.0.0.1:8080', 'nowhere'],
  ['http://localhost:8080', 'nowhere'],
  ['http://[::1]:8080', 'nowhere'],
  ['http://0.0.0.0:8080', 'nowhere'],
  ['http://192.168.0.17:8080', 'network'],
  ['http://10.1.2.3', 'network'],
  ['http://172.31.0.1', 'network'],
  ['http://172.32.0.1', 'everywhere'],
  ['http://169.254.3.4', 'network'],
  ['http://[fd12::1]', 'network'],
  ['http://[fe80::1]', 'network'],
  ['http://raspberrypi.local', 'network'],
  ['http://jukebox', 'network'],
  ['http://10.example.com', 'everywhere'],
  ['https://party.example', 'everywhere'],
  ['http://[2001:db8::1]', 'everywhere'],
  ['http://203.0.113.9', 'everywhere'],
])('phones can open %s from: %s', (address, reach) => {
  expect(reachOf(`${address}/r/PARTY`)).toBe(reach)
})
